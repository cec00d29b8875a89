import type { Ask, VisitState } from '@recado/shared/wire.ts';
import { expect, test } from 'vitest';
import { Questions } from '../src/frame/questions.svelte.ts';
import { visit as visitTo } from './make.ts';

function visit(ask_name: Ask, ask_email: Ask, known: Partial<VisitState['visitor']> = {}): VisitState {
  return visitTo({ ask_name, ask_email }, known);
}

test('what may be left empty may be left empty', () => {
  const questions = new Questions();
  expect(questions.check(visit('optional', 'optional'))).toBe(true);
  expect(questions.answers(visit('optional', 'optional'))).toEqual({ name: null, email: null });
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
  expect(questions.complaints.email).toBe('wrong');
});

test('what the server knows already is not asked again', () => {
  const questions = new Questions();
  expect(questions.due(visit('required', 'no', { name: 'Lucía' }))).toBe(false);
  expect(questions.due(visit('required', 'optional', { name: 'Lucía' }))).toBe(true);
  expect(questions.due(visit('no', 'no'))).toBe(false);
});

test('a complaint of the server is shown at the field, and others are not taken', () => {
  const questions = new Questions();
  expect(questions.blame([{ field: 'body', code: 'too_long', detail: '' }])).toBe(false);
  expect(questions.blame([{ field: 'email', code: 'invalid', detail: '' }])).toBe(true);
  expect(questions.blame([{ field: 'name', code: 'empty', detail: '' }])).toBe(true);
  expect(questions.complaints).toEqual({ email: 'wrong', name: 'missing' });
});
