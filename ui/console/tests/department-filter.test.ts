/** The lists of one department: rows and counts are its own, the whole stays known, and the browser remembers it. */
import type { Me } from '@recado/shared/wire.ts';
import { beforeEach, expect, test } from 'vitest';
import { departmentFilter } from '../src/state/department-filter.svelte.ts';
import { Desk } from '../src/state/desk.svelte.ts';
import * as lists from '../src/state/desk-model.ts';
import { session } from '../src/state/session.svelte.ts';
import { ANA, attended, desk as state, row, RULES } from './world.ts';

const SALES = { id: 1, name: 'Ventas' };
const HELP = { id: 2, name: 'Soporte' };
const me = (departments: Me['departments']): Me => ({ ...state([]).me, departments });
let desk: Desk;

beforeEach(() => {
  localStorage.clear();
  session.me = me([SALES, HELP]);
  departmentFilter.recall();
  desk = new Desk(ANA);
  desk.model = lists.fromState(
    state(
      [row(1), row(2, { department: HELP }), row(3)],
      [attended(4, ANA, { department: HELP }), attended(5, ANA, { department: HELP })],
    ),
  );
});

const waiting = () => desk.rows('waiting').map(({ id }) => id);
const counts = () => [desk.count('waiting'), desk.count('attending'), desk.total('waiting')];

test('all is shown until one is chosen', () => {
  expect([waiting(), counts()]).toEqual([
    [1, 2, 3],
    [3, 2, 3],
  ]);
});

test('then rows and counts are of that one, and the whole is still known', () => {
  departmentFilter.choose(2);
  expect([waiting(), counts()]).toEqual([[2], [1, 2, 3]]);
  expect(desk.row(1, 'waiting')).toBeUndefined();
  departmentFilter.choose(1);
  expect([waiting(), counts()]).toEqual([
    [1, 3],
    [2, 0, 3],
  ]);
});

test('a choice is remembered in this browser, for whoever made it', () => {
  departmentFilter.choose(2);
  departmentFilter.recall();
  expect(departmentFilter.department).toBe(2);
  session.me = { ...me([SALES, HELP]), id: 99 };
  departmentFilter.recall();
  expect(departmentFilter.department).toBeNull();
});

test('a department that is no longer mine, or my only one, hides nothing', () => {
  departmentFilter.choose(2);
  session.me = me([SALES, { id: 3, name: 'Taller' }]);
  expect(departmentFilter.department).toBeNull();
  session.me = me([HELP]);
  expect([departmentFilter.department, waiting()]).toEqual([null, [1, 2, 3]]);
});

test('the archive is offered where that of the department that is chosen is open, and its list gives way where it is not', () => {
  desk.model = lists.fromState({ ...state([]), rules: { 1: { ...RULES, archive: true }, 2: RULES } });
  expect(desk.hasArchive).toBe(true);
  desk.list = 'archive';
  desk.choose(1);
  expect([desk.hasArchive, desk.list]).toEqual([true, 'archive']);
  desk.choose(2);
  expect([desk.hasArchive, desk.list]).toEqual([false, 'closed']);
});
