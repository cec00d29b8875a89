/** How many wait is the same number on every page: fetched with each, and again soon after what may have changed it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watch, type Connection } from '../src/state/connection.svelte.ts';
import { queue } from '../src/state/queue.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { Socket } from './socket.ts';
import { ANA, attended, BRUNO, desk, mark, row } from './world.ts';

const me = desk([]).me;
let waiting: number;
let unread: number;
let asked: number;
/** How often it was asked what colleagues have written. */
let talks: number;
let page: Connection;

beforeEach(async () => {
  [waiting, unread, asked, talks] = [2, 1, 0, 0];
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('fetch', async (path: string) => {
    if (path.endsWith('/directs/counts')) return new Response(JSON.stringify({ inbox: (talks += 1), archived: 0 }));
    const counts = path.endsWith('/counts');
    if (counts) asked += 1;
    return new Response(JSON.stringify(counts ? { waiting, attending: 2, paused: 0, unread } : me));
  });
  session.me = me;
  page = watch(async () => true);
  page.start();
  await vi.waitUntil(() => Socket.last?.onmessage);
  Socket.last.tell({ type: 'hello', epoch: 'e1' });
  await vi.waitUntil(() => page.state === 'live' && queue.toSee === 3);
  vi.useFakeTimers();
});
afterEach(() => {
  page.stop();
  session.me = null;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('it is asked for once, however much happens within a second, and not for what leaves it as it is', async () => {
  const before = asked;
  Socket.last.tell({ type: 'typing', conversation: 1, author: { kind: 'visitor', id: 1 } });
  Socket.last.tell({ type: 'message.posted', conversation: row(1), entries: [] });
  await vi.advanceTimersByTimeAsync(2_000);
  expect([asked, queue.toSee]).toEqual([before, 3]);
  waiting = 3;
  Socket.last.tell({ type: 'conversation.opened', conversation: row(1), entries: [] });
  Socket.last.tell({ type: 'conversation.taken', id: 2, version: 2, operator: BRUNO });
  await vi.advanceTimersByTimeAsync(2_000);
  expect([asked, queue.toSee]).toEqual([before + 1, 4]);
});

test('what the customer of one of mine writes counts until I have read it, and what is written elsewhere is no news', async () => {
  const before = asked;
  const told = async (event: object) => {
    Socket.last.tell(event);
    await vi.advanceTimersByTimeAsync(2_000);
    return [asked - before, queue.toSee];
  };
  unread = 2;
  expect(await told({ type: 'message.posted', conversation: row(1), entries: [] })).toEqual([0, 3]);
  expect(await told({ type: 'message.posted', conversation: attended(1, ANA), entries: [] })).toEqual([1, 4]);
  unread = 1;
  expect(await told({ type: 'thread.read', conversation: 1, version: 3, mark: mark('visitor', 101, 3) })).toEqual([1, 4]);
  expect(await told({ type: 'thread.read', conversation: 1, version: null, mark: mark('operator', ANA, 3) })).toEqual([2, 3]);
});

test('what colleagues write is counted by itself, once for however much they write within a second', async () => {
  const [before, known] = [asked, talks];
  for (const version of [3, 4]) Socket.last.tell({ type: 'direct.left', id: 1, version });
  await vi.advanceTimersByTimeAsync(2_000);
  expect([asked, talks, queue.unread]).toEqual([before, known + 1, known + 1]);
});

test('pages do not all ask at the same moment, and those that nobody sees ask more seldom', async () => {
  const waits = vi.spyOn(globalThis, 'setTimeout');
  const waited = async (hidden: boolean) => {
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(hidden);
    waits.mockClear();
    Socket.last.tell({ type: 'conversation.opened', conversation: row(1), entries: [] });
    const ms = Number(waits.mock.calls[0]?.[1]);
    await vi.advanceTimersByTimeAsync(ms);
    return ms;
  };
  const [seen, unseen] = [[await waited(false), await waited(false)], [await waited(true), await waited(true)]];
  vi.restoreAllMocks();
  for (const [all, least] of [[seen, 1_000], [unseen, 5_000]] as const) {
    expect(new Set(all).size).toBe(2);
    for (const ms of all) expect([ms >= least, ms < 2 * least]).toEqual([true, true]);
  }
});

test('nobody who has signed out meanwhile is asked to sign in for it', async () => {
  const before = asked;
  Socket.last.tell({ type: 'conversation.opened', conversation: row(1), entries: [] });
  session.me = null;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked).toBe(before);
});
