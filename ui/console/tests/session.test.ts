/** What waits for somebody to sign in again, and what becomes of it. */
import { afterEach, expect, test, vi } from 'vitest';
import { Sender } from '../src/state/sender.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { ANA, desk } from './world.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

/** A browser with one lock, and a server that knows nobody. */
function lockedOut(): { held: () => number } {
  let held = 0;
  const request = async (_: string, run: () => Promise<void>) => {
    held += 1;
    await run().finally(() => (held -= 1));
  };
  vi.stubGlobal('navigator', { locks: { request } });
  vi.stubGlobal('fetch', async () => new Response('{"code":"unauthenticated"}', { status: 401 }));
  return { held: () => held };
}

test('whoever leaves instead of signing in again holds no turn, and the message waits for them', async () => {
  const lock = lockedOut();
  session.me = desk([]).me;
  const sender = new Sender(ANA, { onSent: () => undefined, onLost: () => undefined });
  sender.send(1, 'Hola');
  await vi.waitUntil(() => session.lapsed);
  expect([lock.held(), sender.items.map(({ state }) => state)]).toEqual([1, ['sending']]);
  session.leave();
  await vi.waitUntil(() => lock.held() === 0);
  expect(sender.items.map(({ body, state }) => [body, state])).toEqual([['Hola', 'waiting']]);
  sender.close();
});
