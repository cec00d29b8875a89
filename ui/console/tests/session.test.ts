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
function lockedOut(): { held: number; turns: number; posted: number } {
  const seen = { held: 0, turns: 0, posted: 0 };
  const request = async (_: string, __: LockOptions, run: () => Promise<void>) => {
    seen.held += 1;
    seen.turns += 1;
    await run().finally(() => (seen.held -= 1));
  };
  vi.stubGlobal('navigator', { locks: { request } });
  vi.stubGlobal('fetch', async (_: string, { method }: RequestInit) => {
    if (method === 'POST') seen.posted += 1;
    return new Response('{"code":"unauthenticated"}', { status: 401 });
  });
  return seen;
}

test('while nobody is signed in a message rests: it takes no turn from another window, and asks the server for nothing', async () => {
  const seen = lockedOut();
  session.me = me;
  const sender = new Sender(ANA, { onSent: () => undefined, onLost: () => undefined, versionOf: () => 0 });
  sender.send(1, 'Hola');
  await vi.waitUntil(() => session.lapsed);
  await vi.waitUntil(() => seen.held === 0);
  const texts = () => sender.items.map(({ body, state }) => [body, state]);
  expect([seen.turns, seen.posted, texts()]).toEqual([1, 1, [['Hola', 'waiting']]]);
  sender.retry(sender.items[0]!.id);
  await vi.waitUntil(() => seen.turns === 2 && seen.held === 0);
  session.leave();
  sender.retry(sender.items[0]!.id);
  await vi.waitUntil(() => seen.turns === 3 && seen.held === 0);
  expect([seen.posted, texts()]).toEqual([1, [['Hola', 'waiting']]]);
  sender.close();
});

test('a sign-in on one page of the browser is told to the others, and what waits there goes on', async () => {
  let known = false;
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(known ? me : { code: 'unauthenticated' }), { status: known ? 200 : 401 }));
  session.me = me;
  const other = new BroadcastChannel('recado:session');
  const told = vi.fn();
  other.onmessage = told;
  const saved = call('PUT', '/conversations/1/draft', {});
  await vi.waitUntil(() => session.lapsed);
  other.postMessage(0);
  await new Promise((done) => setTimeout(done, 50));
  expect([session.lapsed, told.mock.calls.length]).toEqual([true, 0]);
  known = true;
  other.postMessage(0);
  expect(await saved).toEqual(me);
  expect(session.lapsed).toBe(false);
  await session.signIn('ana', 'lamparas-2026');
  await vi.waitUntil(() => told.mock.calls.length === 1);
  other.close();
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
  const sender = new Sender(ANA, { onSent: () => undefined, onLost: () => undefined, versionOf: () => 0 });
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

test('of whoever sat here before nothing is left that the server has; what it lacks stays for them', async () => {
  const put = (key: string, dirty: boolean) => localStorage.setItem(key, JSON.stringify({ body: 'Hola', dirty }));
  put(`recado:draft:${BRUNO}:1`, false);
  put(`recado:draft:${BRUNO}:2`, true);
  put(`recado:draft:${ANA}:1`, false);
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(me)));
  await session.signIn('ana', 'a long password');
  expect(Object.keys(localStorage).filter((key) => key.startsWith('recado:draft:')).sort()).toEqual(
    [`recado:draft:${ANA}:1`, `recado:draft:${BRUNO}:2`].sort(),
  );
});
