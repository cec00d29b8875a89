/** Who has waited longest is seen in every list by the same rule. */
import { describe, expect, test } from 'vitest';
import { waitsSince } from '../src/state/urgency.ts';
import { ANA, attended, row, T0 } from './world.ts';

describe('a customer waits', () => {
  test('for somebody since their conversation stands in Waiting, whatever they wrote since', () => {
    expect(waitsSince(row(1, { waiting_since: T0, answer_due_since: T0 + 1, last_at: T0 + 2 }))).toBe(T0);
  });

  test('for the answer of who attends them since their first word after the last one, not since the last thing that happened', () => {
    expect(waitsSince(attended(1, ANA, { answer_due_since: T0, last_at: T0 + 9 }))).toBe(T0);
  });

  test('no more where they have been answered, put aside, or the conversation has ended', () => {
    expect(waitsSince(attended(1, ANA, { answer_due_since: null }))).toBeNull();
    expect(waitsSince(attended(1, ANA, { status: 'paused', answer_due_since: T0 }))).toBeNull();
    expect(waitsSince(attended(1, ANA, { status: 'closed', answer_due_since: T0, closed_at: T0 }))).toBeNull();
  });
});
