import type { Ask, VisitState } from '@recado/shared/wire.ts';
import { beforeEach, expect, test } from 'vitest';
import { Questions } from '../src/frame/questions.svelte.ts';
import { visit as visitTo } from './make.ts';

beforeEach(() => localStorage.clear());

const fresh = (key = 'shop?'): Questions => new Questions(localStorage, key);
const NONE = { fields: {}, shown: {} };

function visit(ask_name: Ask, ask_email: Ask, known: Partial<VisitState['visitor']> = {}): VisitState {
  return visitTo({ ask_name, ask_email }, known, { people: [{ name: 'Ana' }] });
}

test('what may be left empty may be left empty', () => {
  const questions = fresh();
  expect(questions.check(visit('optional', 'optional'))).toBe(true);
  expect(questions.answers()).toEqual(NONE);
});

test('what must be filled complains at its place, until it is', () => {
  const questions = fresh();
  expect(questions.check(visit('required', 'required'))).toBe(false);
  expect(questions.complaints).toEqual({ name: 'missing', email: 'missing' });
  questions.type('name', ' Lucía ', 'name');
  questions.type('email', 'lucia@example.com', 'email');
  expect(questions.check(visit('required', 'required'))).toBe(true);
  expect(questions.answers()).toEqual({ name: ' Lucía ', email: 'lucia@example.com', fields: {}, shown: { name: 'name', email: 'email' } });
});

test('an address that cannot be one is told so, also where it was optional', () => {
  const questions = fresh();
  questions.type('email', 'lucia', 'email');
  expect(questions.check(visit('no', 'optional'))).toBe(false);
  expect(questions.complaints.email).toBe('email');
});

test('what the server knows already is not asked again', () => {
  const questions = fresh();
  const due = (...about: Parameters<typeof visit>): boolean => questions.asked(visit(...about)).length > 0;
  expect(due('required', 'no', { name: 'Lucía' })).toBe(false);
  expect(due('required', 'optional', { name: 'Lucía' })).toBe(true);
  expect(due('no', 'no')).toBe(false);
});

test('a complaint of the server is shown at the field, and others are not taken', () => {
  const questions = fresh();
  expect(questions.blame([{ field: 'body', code: 'too_long', detail: '' }])).toBe(false);
  expect(questions.blame([{ field: 'email', code: 'invalid', detail: '' }])).toBe(true);
  expect(questions.blame([{ field: 'name', code: 'empty', detail: '' }])).toBe(true);
  expect(questions.complaints).toEqual({ email: 'email', name: 'missing' });
});

const OWN = [
  { key: 'order', label: 'Order number', kind: 'text', options: [], required: true },
  { key: 'topic', label: 'Topic', kind: 'choice', options: ['Delivery', 'Returns'], required: true },
] as const;

test('the inbox’s own questions are asked and answered by their keys', () => {
  const questions = fresh();
  const asking = visitTo({ fields: OWN.map((field) => ({ ...field, options: [...field.options] })), departments: ['Ventas', 'Soporte'] });
  expect(questions.asked(asking).map(({ key }) => key)).toEqual(['email', 'department', 'fields.order', 'fields.topic']);
  expect(questions.check(asking)).toBe(false);
  expect(questions.complaints).toEqual({ 'fields.order': 'missing', 'fields.topic': 'choice' });
  questions.type('fields.order', 'A 17', 'Order number');
  questions.type('fields.topic', 'Returns', 'Topic');
  questions.type('department', 'Soporte', 'Department');
  expect(questions.check(asking)).toBe(true);
  const shown = { 'fields.order': 'Order number', 'fields.topic': 'Topic', department: 'Department' };
  expect(questions.answers()).toEqual({ department: 'Soporte', fields: { order: 'A 17', topic: 'Returns' }, shown });
});

test('what was answered to a question that has gone goes along in the words in which it was asked', () => {
  const questions = fresh();
  questions.type('fields.order', ' A 17 ', 'Order number');
  expect(questions.asked(visitTo({ ask_when_away: false }))).toEqual([]);
  expect(questions.answers()).toEqual({ fields: { order: ' A 17 ' }, shown: { 'fields.order': 'Order number' } });
});

test('what was answered is there after a reload, until the message has arrived', () => {
  fresh().type('fields.order', 'A 17', 'Order number');
  fresh().type('name', 'Lucía', 'Name');
  expect(fresh().typed).toEqual({ 'fields.order': 'A 17', name: 'Lucía' });
  expect(fresh().answers()).toMatchObject({ name: 'Lucía', fields: { order: 'A 17' }, shown: { 'fields.order': 'Order number' } });
  expect(fresh('other?').typed).toEqual({});
  fresh().forget();
  expect(fresh().typed).toEqual({});
  expect(localStorage.length).toBe(0);
});
