/** What stands below a customer's name: nothing of theirs is hidden by mine, and nothing of mine that did not go is. */
import { expect, test } from 'vitest';
import { answeredBy, rowWords } from '../src/features/desk/row-words.ts';
import type { Sending } from '../src/state/sender.svelte.ts';
import { NO_WORDS } from '../src/state/words.ts';

const stuck: Sending = { id: 'a', thread: '1', body: 'Voy yo', extra: null, at: 1, state: 'failed', reason: 'full' };

test('a text that did not go stands before everything', () => {
  expect(rowWords(stuck, { answer: 'Otra', note: '' }, 3)).toEqual({ kind: 'unsent', text: 'Voy yo' });
});

test('what is being written stands there, an answer before a note', () => {
  expect(rowWords(undefined, { answer: ' Hola ', note: 'Ojo' }, 0)).toEqual({ kind: 'answer', text: 'Hola' });
  expect(rowWords(undefined, { answer: '  ', note: 'Ojo' }, 0)).toEqual({ kind: 'note', text: 'Ojo' });
  expect(rowWords(undefined, NO_WORDS, 0)).toBeNull();
});

test("the customer's unread words come before what is being written", () => {
  expect(rowWords(undefined, { answer: 'Hola', note: '' }, 1)).toBeNull();
});

test('an answer is mine where I have written it, whoever had the conversation and whoever has it now', () => {
  const row = { excerpt_by: 'operator', excerpt_author: 1, operator: 1, former: 2 } as const;
  expect(answeredBy(row, 1)).toBe('desk.answered');
  expect(answeredBy({ ...row, operator: null, former: 1 }, 1)).toBe('desk.answered');
  expect(answeredBy({ ...row, excerpt_author: 2 }, 1)).toBe('desk.answeredBefore');
  expect(answeredBy({ ...row, excerpt_by: 'visitor', excerpt_author: null }, 1)).toBeNull();
  const old = { ...row, excerpt_author: null };
  expect([answeredBy(old, 1), answeredBy({ ...old, former: null }, 1)]).toEqual(['desk.answeredBefore', 'desk.answered']);
});
