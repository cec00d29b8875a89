/** What waits for somebody to sign in again, and what becomes of it. */
import { afterEach, expect, test, vi } from 'vitest';
import { call } from '../src/state/backend.ts';
import { Sender } from '../src/state/sender.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { ANA, BRUNO, desk } from './world.ts';

const me = desk([]).me;

afterEach(() => {
  session.leave();
  vi.restoreAllMocks();
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
  session.me = me;
  const sender = new Sender(ANA, { onSent: () => undefined, onLost: () => undefined });
  sender.send(1, 'Hola');
  await vi.waitUntil(() => session.lapsed);
  expect([lock.held(), sender.items.map(({ state }) => state)]).toEqual([1, ['sending']]);
  session.leave();
  await vi.waitUntil(() => lock.held() === 0);
  expect(sender.items.map(({ body, state }) => [body, state])).toEqual([['Hola', 'waiting']]);
  sender.close();
});

/** A server that has somebody else's session, and refuses what comes from a page in Ana's name. */
function signedInElsewhere(as: number): { asked: (readonly [string, string, string | null])[] } {
  const asked: (readonly [string, string, string | null])[] = [];
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const name = new Headers(init.headers).get('recado-operator');
    asked.push([init.method!, path.replace('/api/v1/console', ''), name]);
    if (name !== null && name !== String(as)) return new Response('{"code":"unauthenticated"}', { status: 401 });
    return new Response(JSON.stringify({ ...me, id: as }));
  });
  return { asked };
}

test('what changes something says in whose name the page is open', async () => {
  const server = signedInElsewhere(ANA);
  session.me = me;
  await call('GET', '/desk');
  await call('PUT', '/conversations/1/draft', {});
  await call('DELETE', '/drafts/1');
  expect(server.asked.map(([method, , name]) => [method, name])).toEqual([
    ['GET', null],
    ['PUT', String(ANA)],
    ['DELETE', String(ANA)],
  ]);
});

test('where another tab has signed somebody else in, the page starts over, and what waits is not sent in their name', async () => {
  const server = signedInElsewhere(BRUNO);
  const over = vi.spyOn(session, 'startOver').mockReturnValue(new Promise(() => undefined));
  session.me = me;
  const sender = new Sender(ANA, { onSent: () => undefined, onLost: () => undefined });
  sender.send(1, 'Hola');
  await vi.waitUntil(() => over.mock.calls.length > 0);
  expect(server.asked).toEqual([
    ['POST', '/conversations/1/messages', String(ANA)],
    ['GET', '/session', null],
  ]);
  expect([session.me?.id, sender.items.map(({ body }) => body)]).toEqual([ANA, ['Hola']]);
  sender.close();
});

test('where another tab has signed the same operator in again, what was refused is made once more', async () => {
  let known = false;
  vi.stubGlobal('fetch', async (path: string) => {
    if (path.endsWith('/session')) known = true;
    return new Response(JSON.stringify(known ? me : { code: 'unauthenticated' }), { status: known ? 200 : 401 });
  });
  session.me = me;
  expect(await call('PUT', '/conversations/1/draft', {})).toEqual(me);
  expect(session.lapsed).toBe(false);
});
