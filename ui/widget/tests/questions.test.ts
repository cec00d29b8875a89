import type { Ask, VisitState } from '@recado/shared/wire.ts';
import { expect, test } from 'vitest';
import { Questions } from '../src/frame/questions.svelte.ts';
import { visit as visitTo } from './make.ts';

function visit(ask_name: Ask, ask_email: Ask, known: Partial<VisitState['visitor']> = {}): VisitState {
  return visitTo({ ask_name, ask_email }, known, { people: [{ name: 'Ana' }] });
}

test('what may be left empty may be left empty', () => {
  const questions = new Questions();
  expect(questions.check(visit('optional', 'optional'))).toBe(true);
  expect(questions.answers(visit('optional', 'optional'))).toEqual({});
});

test('what must be filled complains at its place, until it is', () => {
  const questions = new Questions();
  expect(questions.check(visit('required', 'required'))).toBe(false);
  expect(questions.complaints).toEqual({ name: 'missing', email: 'missing' });
  questions.type('name', ' Lucía ');
  questions.type('email', 'lucia@example.com');
  expect(questions.check(visit('required', 'required'))).toBe(true);
  expect(questions.answers(visit('required', 'required'))).toEqual({ name: 'Lucía', email: 'lucia@example.com' });
});

test('an address that cannot be one is told so, also where it was optional', () => {
  const questions = new Questions();
  questions.type('email', 'lucia');
  expect(questions.check(visit('no', 'optional'))).toBe(false);
  expect(questions.complaints.email).toBe('email');
});

test('what the server knows already is not asked again', () => {
  const questions = new Questions();
  const due = (...about: Parameters<typeof visit>): boolean => questions.asked(visit(...about)).length > 0;
  expect(due('required', 'no', { name: 'Lucía' })).toBe(false);
  expect(due('required', 'optional', { name: 'Lucía' })).toBe(true);
  expect(due('no', 'no')).toBe(false);
});

test('a complaint of the server is shown at the field, and others are not taken', () => {
  const questions = new Questions();
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
  const questions = new Questions();
  const asking = visitTo({ fields: OWN.map((field) => ({ ...field, options: [...field.options] })), departments: ['Ventas', 'Soporte'] });
  expect(questions.asked(asking).map(({ key }) => key)).toEqual(['email', 'department', 'fields.order', 'fields.topic']);
  expect(questions.check(asking)).toBe(false);
  expect(questions.complaints).toEqual({ 'fields.order': 'missing', 'fields.topic': 'choice' });
  questions.type('fields.order', 'A 17');
  questions.type('fields.topic', 'Returns');
  questions.type('department', 'Soporte');
  expect(questions.check(asking)).toBe(true);
  expect(questions.answers(asking)).toEqual({ department: 'Soporte', fields: { order: 'A 17', topic: 'Returns' } });
});

test('one department is no choice', () => {
  const asking = visitTo({ departments: ['Ventas'] }, {}, { people: [{ name: 'Ana' }] });
  expect(new Questions().asked(asking)).toEqual([]);
});

test('while nobody is there an address is asked for, unless the inbox wants none even then', () => {
  const keys = (...about: Parameters<typeof visitTo>): string[] => new Questions().asked(visitTo(...about)).map(({ key }) => key);
  expect(keys()).toEqual(['email']);
  expect(keys({ ask_when_away: false })).toEqual([]);
  expect(keys({}, {}, { people: [{ name: 'Ana' }] })).toEqual([]);
  const closed = { open: false, opens_at: null, within_s: null, text: '' };
  expect(keys({}, {}, { people: [{ name: 'Ana' }], answering: closed })).toEqual(['email']);
  expect(keys({}, { verified: true })).toEqual([]);
});
