import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Chat } from '../src/frame/chat.svelte.ts';
import type { Host } from '../src/frame/host.ts';

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

/** The chat on one site, which never gets as far as the server. */
function at(site: string): Chat {
  const host = { site, start: () => new Promise(() => undefined), tell: () => undefined, whenToggled: () => undefined };
  return new Chat('key', host as unknown as Host, { kept: {}, page: null, locale: 'es' });
}

const kept = ({ draft, pending }: Chat): unknown => ({ draft: draft.text, pending: pending.map(({ body }) => body) });

test('what is unsent at one origin comes back there, and at no other of the same site or host', () => {
  const shop = at('https://a.shop.example');
  shop.draft.text = 'from a alone';
  expect(shop.say()).toBe(true);
  shop.draft.text = 'and';
  expect(kept(at('https://a.shop.example'))).toEqual({ draft: 'and', pending: ['from a alone'] });
  for (const other of ['https://b.shop.example', 'https://a.shop.example:8443', 'http://a.shop.example'])
    expect(kept(at(other))).toEqual({ draft: '', pending: [] });

  const port = at('https://a.shop.example:8443');
  port.draft.text = 'from the port';
  port.say();
  expect(kept(at('https://a.shop.example'))).toEqual({ draft: 'and', pending: ['from a alone'] });
});
