/** A page beside the desk at its socket: fetched once, kept true, and never with the data of somebody else. */
import type { Me, Person } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watch, type Connection } from '../src/state/connection.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { Socket } from './socket.ts';
import { ANA, attended, BRUNO, desk, entry, LINE, row } from './world.ts';

const HELLO = { type: 'hello', epoch: 'e1' };
const me = desk([]).me;
let signedIn: Me;
let load: ReturnType<typeof vi.fn<() => Promise<boolean>>>;
let page: Connection;

beforeEach(async () => {
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(signedIn)));
  signedIn = session.me = me;
  load = vi.fn(async () => true);
  page = watch(load);
  const before = Socket.opened;
  page.start();
  await vi.waitUntil(() => Socket.opened > before && Socket.last.onmessage);
});

afterEach(() => {
  page.stop();
  session.leave();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function live(): Promise<void> {
  Socket.last.tell(HELLO);
  await vi.waitUntil(() => page.state === 'live');
}

test('is fetched once when it opens, and again when people or settings change', async () => {
  expect(load).not.toHaveBeenCalled();
  await live();
  expect(load).toHaveBeenCalledTimes(1);
  for (const type of ['settings.changed', 'people.changed']) {
    const before = load.mock.calls.length;
    Socket.last.tell({ type });
    await vi.waitUntil(() => load.mock.calls.length === before + 1);
  }
});

test('says that it is no desk', () => {
  expect(new URL(Socket.last.url, 'https://desk.example').search).toBe('?page=beside');
});

test('the first attempt is no loss, and a connection that was there and is gone is one', async () => {
  expect([page.state, page.lost]).toEqual(['connecting', false]);
  await live();
  expect(page.lost).toBe(false);
  Socket.last.end(1006);
  expect([page.state, page.lost]).toEqual(['waiting', true]);
  page.retryNow();
  expect([page.state, page.lost]).toEqual(['connecting', true]);
});

test('shows what another of my tabs has changed of me, and nothing of colleagues', async () => {
  await live();
  const person = (id: number): Person => ({ id, name: 'Ana M.', role: 'operator', disabled: false, availability: 'busy' });
  Socket.last.tell({ type: 'person.changed', person: person(BRUNO) });
  expect(session.me).toEqual(me);
  Socket.last.tell({ type: 'person.changed', person: person(ANA) });
  expect(session.me).toMatchObject({ id: ANA, name: 'Ana M.', availability: 'busy' });
});

test('tells on whichever page one is what a colleague or the desk gives one', async () => {
  await live();
  const claimed = (operator: number) => ({
    type: 'conversation.claimed',
    conversation: attended(1, operator, { version: 2 }),
    entries: [entry(2, { author: { kind: 'system', id: null }, kind: 'activity', activity: { ...LINE, kind: 'assigned', operator } })],
    seen: {},
  });
  Socket.last.tell(claimed(BRUNO));
  expect(page.given).toBe(null);
  Socket.last.tell(claimed(ANA));
  expect(page.given?.id).toBe(1);
});

test('tells what a colleague takes from me and puts back, not what I give back, nor what only waits', async () => {
  await live();
  const queued = (by: number, kind: 'released' | 'transferred', operator: number | null) => ({
    type: 'conversation.queued',
    conversation: row(1, { version: 2, former: ANA }),
    entries: [entry(2, { author: { kind: 'operator', id: by }, kind: 'activity', activity: { ...LINE, kind, operator } })],
  });
  Socket.last.tell(queued(ANA, 'released', ANA));
  Socket.last.tell(queued(BRUNO, 'transferred', null));
  expect(page.taken).toBe(null);
  Socket.last.tell(queued(BRUNO, 'released', ANA));
  expect(page.taken?.id).toBe(1);
});

test('says while the server can store nothing, until it can or is gone', async () => {
  await live();
  Socket.last.tell({ type: 'store.changed', well: false });
  expect(page.unstored).toBe(true);
  Socket.last.end(1006);
  expect(page.unstored).toBe(false);
});

test('starts over where another tab has signed somebody else in, and fetches nothing of theirs', async () => {
  const over = vi.spyOn(session, 'startOver').mockReturnValue(new Promise(() => undefined));
  await live();
  const before = load.mock.calls.length;
  expect([over.mock.calls.length, before]).toEqual([0, 1]);
  signedIn = { ...me, id: BRUNO, name: 'Bruno Reyes' };
  Socket.last.tell({ type: 'people.changed' });
  await vi.waitUntil(() => over.mock.calls.length > 0);
  expect([load.mock.calls.length, session.me?.id]).toEqual([before, ANA]);
});

test.each([
  ['goes on where it was once somebody has signed in again', false, 1],
  ['stays away where it was left meanwhile', true, 0],
])('a page whose session has ended %s', async (_, left, again) => {
  await live();
  const before = Socket.opened;
  vi.stubGlobal('fetch', async (_: string, { method }: RequestInit) =>
    method === 'POST' ? new Response(JSON.stringify(me)) : new Response('{"code":"unauthenticated"}', { status: 401 }));
  Socket.last.end(4401);
  expect(session.lapsed).toBe(true);
  if (left) page.stop();
  await session.signIn('ana', 'lamparas-2026');
  await new Promise((done) => setTimeout(done));
  expect(Socket.opened - before).toBe(again);
});

test('a page whose operator was disabled says so until they try to sign in, and knocks no more', async () => {
  await live();
  const before = Socket.opened;
  vi.stubGlobal('fetch', async (_: string, { method }: RequestInit) =>
    method === 'POST' ? new Response(JSON.stringify(me)) : new Response('{"code":"unauthenticated"}', { status: 401 }));
  Socket.last.end(4410);
  expect([session.lapsed, session.disabled]).toEqual([true, true]);
  await new Promise((done) => setTimeout(done));
  expect(Socket.opened - before).toBe(0);
  await session.signIn('ana', 'lamparas-2026');
  expect([session.lapsed, session.disabled]).toEqual([false, false]);
  await vi.waitUntil(() => Socket.opened - before === 1);
});

test('what could not be fetched anew while the socket lives is fetched again by itself', async () => {
  await live();
  load.mockResolvedValueOnce(false);
  Socket.last.tell({ type: 'settings.changed' });
  await vi.waitUntil(() => page.state !== 'live');
  expect(load).toHaveBeenCalledTimes(2);
  page.retryNow();
  await vi.waitUntil(() => Socket.last.onmessage);
  await live();
  expect(load).toHaveBeenCalledTimes(3);
});
