import { describe, expect, test } from 'vitest';
import { isLate, undoable } from '../src/state/afterwards.ts';
import { fromState } from '../src/state/conversation-model.ts';
import { quoteOf, wordsOf } from '../src/state/quoting.ts';
import { ANA, attended, BRUNO, conversation, entry, mark, mine, RULES } from './world.ts';

const SECOND = 1_000_000;
const known = (...marks: ReturnType<typeof mark>[]) => ({ ...fromState(conversation(attended(1, ANA), [mine(2)])), marks });

describe('for how long', () => {
  test('what was sent is edited within the minutes of its department, and not at all where those are none', () => {
    const sent = mine(2);
    expect(isLate(sent, RULES, sent.at + 15 * 60 * SECOND)).toBe(false);
    expect(isLate(sent, RULES, sent.at + 15 * 60 * SECOND + 1)).toBe(true);
    expect(isLate(sent, undefined, sent.at + 1)).toBe(true);
  });

  test('it is taken back within the seconds, by its author, and while it is there', () => {
    const sent = mine(2);
    expect(undoable(sent, known(), RULES, ANA, sent.at + 4 * SECOND)).toBe(6 * SECOND);
    expect(undoable(sent, known(), RULES, ANA, sent.at + 11 * SECOND)).toBe(0);
    expect(undoable(sent, known(), { ...RULES, undo_s: 0 }, ANA, sent.at)).toBe(0);
    expect(undoable(sent, known(), RULES, BRUNO, sent.at)).toBe(0);
    expect(undoable({ ...sent, gone: 'deleted' }, known(), RULES, ANA, sent.at)).toBe(0);
  });

  test('a message until its customer has seen it, a note until a colleague has', () => {
    const [sent, note] = [mine(2), mine(2, { kind: 'note' })];
    const seen = (by: ReturnType<typeof mark>, what = sent): boolean => undoable(what, known(by), RULES, ANA, sent.at) === 0;
    expect([seen(mark('visitor', 101, 1)), seen(mark('visitor', 101, 2)), seen(mark('operator', BRUNO, 2))]).toEqual([false, true, false]);
    expect([seen(mark('visitor', 101, 2), note), seen(mark('operator', ANA, 2), note)]).toEqual([false, false]);
    expect(seen(mark('operator', BRUNO, 2), note)).toBe(true);
  });
});

test('a quotation is one line of the beginning, without marks where it is shown', () => {
  expect(wordsOf(quoteOf(entry(1, { body: ' *Hola*,\n  ¿qué   tal? ' })))).toBe('Hola, ¿qué tal?');
  expect(quoteOf(entry(1, { body: 'palabra '.repeat(100) })).text).toHaveLength(140);
});
