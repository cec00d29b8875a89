/** A department's rules and an operator's limit while two admins set them. */
import type { Department, OperatorItem, Reply, ReplyScope } from '@recado/shared/wire.ts';
import { beforeAll, expect, test } from 'vitest';
import * as replies from '../src/features/settings/reply-draft.ts';
import * as departments from '../src/features/settings/department-draft.ts';
import * as operators from '../src/features/settings/operator-draft.ts';
import { speak } from '../src/state/language.svelte.ts';
import { Rebased } from '../src/state/rebased.svelte.ts';
import { ANA, RULES, T0 } from './world.ts';

const ventas = (absence_minutes: number | null): Department => ({
  id: 1,
  name: 'Ventas',
  rules: { ...RULES, absence_minutes },
  hours: null,
  operator_count: 2,
  inbox_count: 1,
  version: 1,
});
const ana = (chat_limit: number | null): OperatorItem => ({
  id: ANA,
  name: 'Ana Morales',
  username: 'ana',
  email: null,
  role: 'operator',
  departments: [{ id: 2, name: 'Soporte' }, { id: 1, name: 'Ventas' }],
  chat_limit,
  disabled: false,
  created_at: T0,
  held: 2,
  held_in: { 1: 2 },
  version: 1,
});

beforeAll(() => speak('en'));

test('what is stored becomes fields and the same again', () => {
  for (const absence of [null, 90]) expect(departments.rulesOf(departments.fieldsOf(ventas(absence)))).toEqual(ventas(absence).rules);
  const draft = new Rebased(operators.fieldsOf(ana(4)), operators.WHOLE);
  expect(operators.changesOf(draft)).toEqual({});
  draft.mine.limit.on = false;
  expect(operators.changesOf(draft)).toEqual({ chat_limit: null });
});

test('each step of an alarm comes later than the one before it, and one that is off is no step', () => {
  const fields = departments.fieldsOf(ventas(10));
  fields.push.minutes = 2;
  expect(Object.keys(departments.mistakesOf(fields))).toEqual(['push_minutes']);
  fields.ring.on = false;
  expect(departments.mistakesOf(fields)).toEqual({});
  expect(departments.rulesOf(fields)).toMatchObject({ ring_minutes: null, push_minutes: 2, supervisor_minutes: 10 });
  fields.supervisor.minutes = null;
  expect(Object.keys(departments.mistakesOf(fields))).toEqual(['supervisor_minutes']);
});

test('who sets after how long, while another sets that it is never, is told so', () => {
  const draft = new Rebased(departments.fieldsOf(ventas(10)), departments.WHOLE);
  draft.mine.absence.minutes = 30;
  draft.rebase(departments.fieldsOf(ventas(null)));
  expect([draft.clashes, departments.rulesOf(draft.mine).absence_minutes]).toEqual([['absence'], 30]);
  draft.take('absence');
  expect([draft.clashes, departments.rulesOf(draft.mine).absence_minutes]).toEqual([[], null]);
});

test('who takes a limit away, while another sets a higher one, is told so', () => {
  const draft = new Rebased(operators.fieldsOf(ana(4)), operators.WHOLE);
  draft.mine.limit.on = false;
  draft.rebase(operators.fieldsOf(ana(9)));
  expect(draft.clashes).toEqual(['limit']);
  expect([operators.limitInWords(draft.stored), operators.limitInWords(draft.mine)]).toEqual(['9', 'no limit']);
  draft.take('limit');
  expect(draft.mine.limit).toEqual({ on: true, count: 9 });
});

test('only what is on must be a number that can be', () => {
  const rules = departments.fieldsOf(ventas(10));
  expect(Object.keys(departments.mistakesOf({ ...rules, absence: { on: true, minutes: null } }))).toEqual(['absence_minutes']);
  expect(departments.mistakesOf({ ...rules, absence: { on: false, minutes: null } })).toEqual({});
  const fields = operators.fieldsOf(ana(null));
  expect(Object.keys(operators.mistakesOf({ ...fields, limit: { on: true, count: 501 } }))).toEqual(['chat_limit']);
  expect(operators.mistakesOf({ ...fields, limit: { on: false, count: 501 } })).toEqual({});
});

test('what one takes somebody out of, and another puts them into, both hold', () => {
  const draft = new Rebased(operators.fieldsOf(ana(4)), operators.WHOLE);
  draft.mine.departments = [...draft.mine.departments, 3];
  draft.rebase(operators.fieldsOf({ ...ana(4), departments: [{ id: 2, name: 'Soporte' }] }));
  expect([operators.changesOf(draft), draft.clashes]).toEqual([{ departments: [2, 3] }, []]);
});

test('who takes somebody out of a department is told before what goes back to Waiting there', () => {
  expect(operators.losesOf(ana(4), [1, 2])).toEqual([]);
  expect(operators.losesOf(ana(4), [1])).toEqual([]);
  expect(operators.losesOf(ana(4), [2])).toEqual([{ id: 1, name: 'Ventas', count: 2 }]);
});

test('a place that is none is named before it is sent', () => {
  const fields = { name: 'hola', title: '', text: 'Hola, {{ customer.name }} de {{ciudad}}', whose: 'personal', files: [] };
  expect(replies.mistakesOf(fields).text).toContain('{{ciudad}}');
  expect(replies.mistakesOf({ ...fields, text: '{{customer.name}}' })).toEqual({});
});

test('a file that is not taken is named before a reply is saved without it', () => {
  const fields = { name: 'hola', title: '', text: 'Hola', whose: 'personal', files: [] };
  expect(replies.mistakesOf(fields, ['virus.exe']).files).toContain('virus.exe');
});

test('of what is thrown away it is said whether others lose it, and of one as of one', () => {
  const reply = (scope: ReplyScope): Reply =>
    ({ id: 1, name: 'hola', title: null, text: 'Hola', scope, department: null, uses: 0, changeable: true, files: [], version: 1 }) as Reply;
  const said = (...scopes: ReplyScope[]): string => replies.whatRemovalMeans(scopes.map(reply)).split(';')[0]!;
  expect(said('personal')).toBe('It is gone from your list');
  expect(said('personal', 'personal')).toBe('They are gone from your list');
  expect(said('department')).toBe('It is gone for everybody who uses it');
  expect(said('personal', 'all')).toBe('They are gone for everybody who uses them');
});
