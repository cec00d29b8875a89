/** Lists of direct conversations where fetches and events overlap: what is newer stands, and badges follow. */
import type { DirectItem, DirectRow, Own } from '@recado/shared/wire.ts';
import { expect, test } from 'vitest';
import * as lists from '../src/state/directs-model.ts';
import { ANA, BRUNO } from './world.ts';

const row = (id: number, over: Partial<DirectRow> = {}): DirectRow => ({
  ...{ id, name: null, people: [ANA, BRUNO], started_by: BRUNO, started_at: 1, last_at: id, excerpt: '', excerpt_author: BRUNO },
  ...{ count: 1, seq: 1, version: 1, ...over },
});
const own = (over: Partial<Own> = {}): Own => ({ received: true, started: false, archived: false, floor: 0, seen: 0, alerts: 'all', at: 1, ...over });
const item = (id: number, direct: Partial<DirectRow> = {}, mine: Partial<Own> = {}): DirectItem => ({ direct: row(id, direct), own: own(mine) });
const shown = (items: DirectItem[], inbox: number): lists.DirectsModel =>
  lists.withPage({ ...lists.EMPTY, counts: { inbox, archived: 0 } }, 'inbox', { items, next: null });

test('a page that is older than what was told changes nothing', () => {
  let model = shown([item(1)], 1);
  model = lists.apply(model, { type: 'direct.own_changed', direct: 1, own: own({ seen: 1, at: 5 }) }, ANA).model;
  expect(model.counts.inbox).toBe(0);
  model = lists.withPage(model, 'open', { items: [item(1)], next: null });
  expect([lists.unreadOf(model.items.get(1)!), model.counts.inbox]).toEqual([0, 0]);
});

test('what I have left comes back with no page that is older than that', () => {
  const left = lists.apply(shown([item(1, { version: 3 })], 1), { type: 'direct.left', id: 1, version: 4 }, ANA).model;
  expect([lists.rowsOf(left, 'inbox'), left.counts.inbox]).toEqual([[], 0]);
  expect(lists.rowsOf(lists.withPage(left, 'inbox', { items: [item(1, { version: 3 })], next: null }), 'inbox')).toEqual([]);
  expect(lists.rowsOf(lists.withPage(left, 'inbox', { items: [item(1, { version: 5 })], next: null }), 'inbox')).toHaveLength(1);
});

test('one beyond the pages that are here is asked for, and counted at the server', () => {
  const model = shown([item(1)], 2);
  const step = lists.apply(model, { type: 'direct.posted', direct: row(9, { version: 7 }), entries: [], mark: null }, ANA);
  expect([step.missing, step.model.counts.inbox]).toEqual([9, 2]);
  const asked = lists.withAsked(step.model, 9, item(9, { version: 7 }));
  expect([lists.rowsOf(asked, 'inbox').map(({ direct }) => direct.id), asked.counts.inbox]).toEqual([[9, 1], 2]);
  const gone = lists.withAsked(asked, 9, null);
  expect([gone.items.has(9), gone.counts.inbox]).toEqual([false, 1]);
  const left = lists.apply(step.model, { type: 'direct.left', id: 9, version: 8 }, ANA).model;
  expect(lists.withAsked(left, 9, item(9, { version: 7 })).items.has(9)).toBe(false);
});

test('a list shows no rows beyond where its pages end: there would be holes', () => {
  const model = lists.withPage(shown([item(9), item(2)], 2), 'open', { items: [item(9)], next: '9-9' });
  expect([lists.rowsOf(model, 'inbox').length, lists.rowsOf(model, 'open').map(({ direct }) => direct.id)]).toEqual([2, [9]]);
});

test('unread and put away counts where it is put away', () => {
  let model = shown([item(1)], 1);
  model = lists.apply(model, { type: 'direct.own_changed', direct: 1, own: own({ archived: true, at: 2 }) }, ANA).model;
  expect([model.counts, lists.rowsOf(model, 'inbox').length, lists.boxesOf(model.items.get(1)!.own)]).toEqual([{ inbox: 0, archived: 1 }, 0, ['archived']]);
});
