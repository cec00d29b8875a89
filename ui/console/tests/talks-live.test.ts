/** What colleagues say beside a server that fails or is slow: it holds up no customer, and comes in the end. */
import type { ConsoleEvent, DirectRow, Own } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Desk } from '../src/state/desk.svelte.ts';
import { direct } from '../src/state/owners.ts';
import { session } from '../src/state/session.svelte.ts';
import { Socket } from './socket.ts';
import { ANA, BRUNO, desk as state, entry } from './world.ts';

const own: Own = { received: true, started: false, archived: false, floor: 0, seen: 0, alerts: 'all', at: 50 };
const row = (version: number): DirectRow => ({
  ...{ id: 5, name: null, people: [ANA, BRUNO], started_by: BRUNO, started_at: 1, last_at: 100 + version, excerpt: 'between us', excerpt_author: BRUNO },
  ...{ count: version, seq: version, version },
});
const line = (seq: number) => entry(seq, { kind: 'note', author: { kind: 'operator', id: BRUNO } });
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => line(from + at));
const said = (version: number): ConsoleEvent => ({ type: 'direct.posted', direct: row(version), entries: [line(version)], mark: null });

/** How far the conversation has come at the server. */
let version: number;
/** What is refused there at first, and how often. */
let failing: RegExp;
let failures: number;
/** What colleagues say is not answered before. */
let gate: Promise<unknown> | null;
let asked: string[];
let desk: Desk;
const seqs = (): number[] | undefined => desk.talks.open?.model?.entries.map(({ seq }) => seq);

function answer(path: string): unknown {
  const all = { epoch: 'e', direct: row(version), own, marks: [], floors: {}, readable: version };
  if (path === '/desk') return state([]);
  if (path === '/directs/counts') return { inbox: 1, archived: 0 };
  if (path.includes('/changes')) return { ...all, start_over: false, entries: lines(5, version) };
  if (path === '/directs/5') return { ...all, entries: lines(1, version), more: false, drafts: [] };
  return path.startsWith('/directs/with') ? [{ direct: row(version), own }] : [];
}

beforeEach(() => {
  localStorage.clear();
  [version, failures, gate, asked] = [4, 0, null, []];
  session.me = state([]).me;
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('fetch', async (address: string) => {
    const path = address.replace('/api/v1/console', '');
    asked.push(path);
    if (path.startsWith('/directs')) await gate;
    if (failing?.test(path) && failures-- > 0) return new Response('{"code":"internal"}', { status: 500 });
    return new Response(JSON.stringify(answer(path)));
  });
  desk = new Desk(ANA);
});
afterEach(() => {
  desk.stop();
  session.me = null;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function live(): Promise<void> {
  desk.start();
  await vi.waitUntil(() => Socket.last?.onmessage);
  Socket.last.tell({ type: 'hello', epoch: 'e1' });
  await vi.waitUntil(() => desk.connection.state === 'live');
}

test('customers are there though what colleagues say fails, and that comes later', async () => {
  [failing, failures] = [/^\/directs\/drafts/, 1];
  await live();
  await vi.waitUntil(() => asked.filter((path) => path === '/directs/drafts').length === 2, 5_000);
});

test('customers wait for nothing that colleagues say', async () => {
  let open: (nothing: unknown) => void;
  gate = new Promise((resolve) => (open = resolve));
  await live();
  expect(desk.talks.lists.counts.inbox).toBe(0);
  open!(null);
  await vi.waitUntil(() => desk.talks.lists.counts.inbox === 1);
});

test('what is missing in an open one comes though requests fail, by one at a time', async () => {
  await desk.talks.select(5);
  [failing, failures, version] = [/changes/, 2, 7];
  vi.useFakeTimers();
  for (const at of [6, 7]) desk.talks.heard(said(at));
  await vi.advanceTimersByTimeAsync(8_000);
  expect([seqs(), asked.filter((path) => path.includes('changes')).length]).toEqual([[1, 2, 3, 4, 5, 6, 7], 3]);
});

test('that I left, told late, takes nothing from whoever takes part again', async () => {
  await desk.talks.select(5);
  desk.drafts.set(direct(5), 'half a sentence', 'note');
  desk.talks.heard({ type: 'direct.left', id: 5, version: 3 });
  expect([desk.talks.open?.phase, desk.drafts.get(direct(5), 'note')]).toEqual(['ready', 'half a sentence']);
  desk.talks.heard({ type: 'direct.left', id: 5, version: 5 });
  expect([desk.talks.open?.phase, desk.drafts.orphans.map(({ body }) => body)]).toEqual(['left', ['half a sentence']]);
});

test('where nobody is signed in nothing that colleagues have said stays on the page', async () => {
  desk.talks.fresh.add(BRUNO);
  await vi.waitUntil(() => desk.talks.fresh.offered.length > 0);
  desk.veil();
  expect(desk.talks.fresh.offered).toEqual([]);
});
