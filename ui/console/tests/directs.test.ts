/** Lists of direct conversations beside a server that is slow, fails and is asked for several at once: badges never lie for long. */
import type { ConsoleEvent, DirectItem, DirectRow, Own } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Directs } from '../src/state/directs.svelte.ts';
import { ANA, BRUNO, entry } from './world.ts';

const own = (over: Partial<Own> = {}): Own => ({ received: true, started: false, archived: false, floor: 0, seen: 0, alerts: 'all', at: 50, ...over });
const row = (id: number, version: number): DirectRow => ({
  ...{ id, name: null, people: [ANA, BRUNO], started_by: BRUNO, started_at: 1, last_at: 100 + version, excerpt: '', excerpt_author: BRUNO },
  ...{ count: version, seq: version, version },
});
const said = (id: number, version: number): ConsoleEvent => ({
  type: 'direct.posted',
  direct: row(id, version),
  entries: [entry(version, { kind: 'note', author: { kind: 'operator', id: BRUNO }, at: 100 + version })],
  mark: null,
});
const read = (id: number, seen: number): ConsoleEvent => ({ type: 'direct.own_changed', direct: id, own: own({ seen, at: 200 }) });

/** What the server has: those of mine, and what is unread in all of them. */
let stored: Map<number, DirectItem>;
let listed: DirectItem[];
let inbox: number;
let failing: number;
/** What is answered waits for it, with what was true when it was asked. */
let gate: Promise<unknown> | null;
let open: (nothing?: unknown) => void;
let lists: Directs;
const shown = (): (number | undefined)[][] => lists.rows('inbox').map(({ direct: { id, version } }) => [id, version]);
const holds = (): void => void (gate = new Promise((resolve) => (open = resolve)));
const passes = (): Promise<unknown> => vi.advanceTimersByTimeAsync(5_000);

beforeEach(async () => {
  vi.useFakeTimers();
  [stored, listed, inbox, failing, gate] = [new Map(), [], 0, 0, null];
  vi.stubGlobal('fetch', async (path: string) => {
    const asked = path.replace('/api/v1/console', '');
    if (/^\/directs\/\d/.test(asked) && failing-- > 0) return new Response('{"code":"busy"}', { status: 503 });
    const body = asked === '/directs/counts' ? { inbox, archived: 0 } : asked.includes('?') ? { items: listed, next: null } : stored.get(Number(asked.split('/')[2]));
    const text = JSON.stringify(body ?? { code: 'not_found' });
    await gate;
    return new Response(text, { status: body ? 200 : 404 });
  });
  lists = new Directs(ANA);
});
afterEach(() => {
  lists.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const begins = async (): Promise<void> => {
  await lists.load(() => true);
  await lists.more('inbox');
};

test('of several that are written in at once each comes into the lists', async () => {
  listed = [{ direct: row(7, 4), own: own() }];
  await begins();
  for (const id of [5, 6, 7]) stored.set(id, { direct: row(id, 8), own: own() });
  inbox = 3;
  for (const id of [5, 6, 7]) lists.heard(said(id, 8));
  await vi.advanceTimersByTimeAsync(50);
  expect([shown(), lists.counts.inbox]).toEqual([[[7, 8], [6, 8], [5, 8]], 3]);
});

test('one that is not listed comes though a request for it fails', async () => {
  await begins();
  stored.set(5, { direct: row(5, 8), own: own() });
  failing = 1;
  lists.heard(said(5, 8));
  await passes();
  expect(shown()).toEqual([[5, 8]]);
});

test('one that is not listed here and is read elsewhere is unread here no longer', async () => {
  inbox = 1;
  await lists.load(() => true);
  inbox = 0;
  lists.heard(read(5, 7));
  await passes();
  expect(lists.counts.inbox).toBe(0);
});

test('a message that comes while another is asked for counts once, whichever the server had counted', async () => {
  listed = [{ direct: row(7, 4), own: own({ seen: 4 }) }];
  await begins();
  stored.set(5, { direct: row(5, 7), own: own() });
  for (const counted of [1, 2]) {
    inbox = counted;
    holds();
    lists.heard(said(5, 7));
    await passes();
    lists.heard(said(7, 4 + counted));
    inbox = 2;
    open();
    await passes();
    expect(lists.counts.inbox).toBe(2);
  }
});

test('what is told while a page comes is not forgotten for what is older', async () => {
  listed = [{ direct: row(5, 4), own: own() }];
  holds();
  const coming = lists.more('inbox');
  lists.heard(read(5, 4));
  open();
  await coming;
  expect(lists.unread(lists.item(5)!)).toBe(0);
  holds();
  const again = lists.load(() => true);
  lists.heard(said(5, 5));
  open();
  await again;
  expect(shown()).toEqual([[5, 5]]);
});

test('whether I still take part in what is not listed is asked, until somebody says so', async () => {
  await begins();
  stored.set(5, { direct: row(5, 8), own: own() });
  failing = 1;
  for (const id of [5, 6]) lists.know(id);
  await passes();
  expect([5, 6, 7].map((id) => lists.isGone(id))).toEqual([false, true, false]);
  lists.heard({ type: 'direct.left', id: 5, version: 9 });
  expect(lists.isGone(5)).toBe(true);
  stored.set(5, { direct: row(5, 10), own: own() });
  lists.heard(said(5, 10));
  await passes();
  await lists.load(() => true);
  expect([lists.isGone(5), shown()]).toEqual([false, []]);
});
