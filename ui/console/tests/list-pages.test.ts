/** Lists that are longer than a page: fetched again as far as they were, so that nobody loses their place. */
import type { ConversationRow, Page } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as lists from '../src/state/desk-model.ts';
import { ListPages } from '../src/state/list-pages.svelte.ts';
import { rowsOf } from '../src/state/list-rows.ts';
import { ANA, attended, BRUNO, desk, row, T0 } from './world.ts';

const closed = (id: number, changes: Partial<ConversationRow> = {}) =>
  attended(id, ANA, { status: 'closed', closed_at: T0 + id, ...changes });
const page = (items: ConversationRow[], next: string | null = null): Page => ({ items, seen: {}, next });
const ids = (list: 'waiting' | 'closed') => rowsOf(model!, list).map((one) => one.id);

let model: lists.DeskModel | null;
let pages: ListPages;
let answers: Page[];
let asked: string[];

beforeEach(() => {
  answers = [];
  asked = [];
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path);
    return Promise.resolve(new Response(JSON.stringify(answers.shift())));
  });
  model = lists.fromState(desk([row(1), row(2)], [], { next: 'a' }));
  pages = new ListPages({ get: () => model, set: (now) => (model = now) });
});
afterEach(() => vi.unstubAllGlobals());

test('a list that was loaded further is fetched as far again, before any of it is shown anew', async () => {
  answers = [page([row(3)], 'b')];
  await pages.more('waiting');
  expect(ids('waiting')).toEqual([1, 2, 3]);
  answers = [page([row(3), row(4)], 'c')];
  model = await pages.longAsBefore(desk([row(1), row(2)], [], { next: 'a' }), model, () => true);
  expect(ids('waiting')).toEqual([1, 2, 3, 4]);
  expect(model.next.waiting).toBe('c');
});

test('closed conversations stay while they are fetched again; what is gone goes, what came meanwhile stays', async () => {
  answers = [page([closed(9), closed(8)], 'x'), page([closed(7), closed(6)], 'y')];
  await pages.more('closed');
  await pages.more('closed');
  expect(ids('closed')).toEqual([9, 8, 7, 6]);
  model = await pages.longAsBefore(desk([row(1)]), model, () => true);
  expect(ids('closed')).toEqual([9, 8, 7, 6]);
  answers = [page([closed(9), closed(7)], 'z')];
  const renewed = pages.renew('closed', model.closed);
  model = lists.withRow(model, closed(10, { version: 5 }));
  await renewed;
  expect(ids('closed')).toEqual([10, 9, 7]);
  expect(model?.next.closed).toBe('z');
});

test('under another epoch nothing that was known stays', async () => {
  answers = [page([closed(9)])];
  await pages.more('closed');
  model = await pages.longAsBefore(desk([row(1)]), null, () => true);
  expect(ids('closed')).toEqual([]);
  expect(model.next.closed).toBeUndefined();
});

test('what could not be fetched is said and can be asked for again', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
  await pages.more('closed');
  expect([...pages.failed]).toEqual(['closed']);
  expect([...pages.loading]).toEqual([]);
});

test('a page that was asked for before all was fetched again brings back nothing that a colleague has taken since', async () => {
  const held: ((page: Page) => void)[] = [];
  vi.stubGlobal('fetch', () => new Promise((done) => held.push((page) => done(new Response(JSON.stringify(page))))));
  const more = pages.more('waiting');
  model = lists.apply(model!, { type: 'conversation.taken', id: 3, version: 2, operator: BRUNO }).model;
  model = await pages.longAsBefore(desk([row(1), row(2)], [], { next: 'a' }), model, () => true);
  held[0]!(page([row(3), row(4)], 'b'));
  await vi.waitUntil(() => held.length === 2 || ids('waiting').length > 2);
  expect(ids('waiting')).toEqual([1, 2]);
  held[1]!(page([row(4)], 'b'));
  await more;
  expect([ids('waiting'), model.next.waiting]).toEqual([[1, 2, 4], 'b']);
});
