/** The team's page: what is told only hints, the fetch is the truth, and one fetch follows however many hints. */
import type { Colleague, Team, TeamConversation } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TeamState } from '../src/state/team.svelte.ts';
import { Socket } from './socket.ts';
import { ANA, attended, BRUNO, row, T0 } from './world.ts';

const held = (id: number, due: number | null, changes: Partial<TeamConversation> = {}): TeamConversation => ({
  id,
  department: 1,
  operator: ANA,
  status: 'attending',
  claimed_at: T0,
  last_at: T0 + id,
  answer_due_since: due,
  ...changes,
});
const colleague = (id: number, changes: Partial<Colleague> = {}): Colleague => ({
  id,
  name: `Operator ${id}`,
  departments: [1],
  availability: 'available',
  online: true,
  attending: 0,
  limit: null,
  ...changes,
});
const shown = (changes: Partial<Team> = {}): Team => ({ departments: [], operators: [], conversations: [], more: 0, ...changes });
let asked: string[];
let answer: () => Promise<Response>;
let team: TeamState;
const fetches = (): number => asked.filter((path) => path.endsWith('/team')).length;

beforeEach(async () => {
  asked = [];
  answer = () => Promise.resolve(new Response(JSON.stringify(shown())));
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path);
    return path.endsWith('/session') ? Promise.resolve(new Response('{}')) : answer();
  });
  team = new TeamState();
  team.start();
  await vi.waitUntil(() => Socket.last?.onmessage);
  Socket.last.tell({ type: 'hello', epoch: 'e1' });
  await vi.waitUntil(() => team.team !== null && team.connection.state === 'live');
});
afterEach(() => {
  team.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('however much happens within a second, it is fetched once; what passes and is not stored asks for nothing', async () => {
  vi.useFakeTimers();
  const before = fetches();
  for (let id = 1; id <= 5; id += 1)
    Socket.last.tell({ type: 'conversation.opened', conversation: row(id), entries: [] });
  Socket.last.tell({ type: 'conversation.taken', id: 1, version: 2, operator: BRUNO });
  await vi.advanceTimersByTimeAsync(1_500);
  expect(fetches()).toBe(before + 1);
  Socket.last.tell({ type: 'typing', conversation: 1, author: { kind: 'visitor', id: 1 } });
  Socket.last.tell({ type: 'looking', conversation: 1, operators: [BRUNO] });
  await vi.advanceTimersByTimeAsync(1_500);
  expect(fetches()).toBe(before + 1);
  Socket.last.tell({ type: 'message.posted', conversation: attended(1, ANA), entries: [] });
  await vi.advanceTimersByTimeAsync(1_500);
  expect(fetches()).toBe(before + 2);
});

test('who waits longest for an answer stands first, and after them what was last touched', async () => {
  const conversations = [held(1, null), held(2, T0 + 9), held(3, T0 + 5), held(4, null), held(5, T0, { operator: BRUNO })];
  answer = () => Promise.resolve(new Response(JSON.stringify(shown({ conversations }))));
  await team.load();
  expect(team.heldBy(ANA).map(({ id }) => id)).toEqual([3, 2, 4, 1]);
});

test('those who are there stand first, and of them those who attend most', async () => {
  const operators = [colleague(1, { online: false, attending: 9 }), colleague(2), colleague(3, { attending: 4 })];
  answer = () => Promise.resolve(new Response(JSON.stringify(shown({ operators }))));
  await team.load();
  expect(team.people.map(({ id }) => id)).toEqual([3, 2, 1]);
});

test('what cannot be fetched leaves what was known, and what was done is shown even where it failed', async () => {
  answer = () => Promise.reject(new TypeError('offline'));
  await team.load();
  expect([team.failed, team.team]).toEqual([false, shown()]);
  const before = fetches();
  await expect(team.doing(Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  expect(fetches()).toBe(before + 1);
});

test('while somebody is among them no row changes its place, though what it says does; then the order settles', async () => {
  const fetched = async (more: Partial<Team>): Promise<void> => {
    answer = () => Promise.resolve(new Response(JSON.stringify(shown(more))));
    await team.load();
  };
  const order = (): unknown => [team.people.map(({ id }) => id), team.heldBy(ANA).map(({ id }) => id)];
  const [ana, bruno] = [colleague(ANA, { attending: 3 }), colleague(BRUNO, { attending: 1 })];
  await fetched({ operators: [bruno, ana], conversations: [held(1, T0), held(2, T0 + 1)] });
  expect(order()).toEqual([[ANA, BRUNO], [1, 2]]);
  team.hold();
  const later = { operators: [{ ...bruno, attending: 5 }, ana], conversations: [held(3, T0 - 1), held(2, T0 + 1), held(1, null)] };
  await fetched(later);
  team.hold();
  expect(order()).toEqual([[ANA, BRUNO], [1, 2, 3]]);
  expect(team.people.map(({ attending }) => attending)).toEqual([3, 5]);
  expect(team.heldBy(ANA)[0]?.answer_due_since).toBe(null);
  team.settle();
  expect(order()).toEqual([[BRUNO, ANA], [3, 2, 1]]);
});
