import { describe, expect, test } from 'vitest';
import { decide, mergeEntries, withoutEchoes, type EntryLike } from './thread.ts';

const entry = (seq: number, rev = seq, client_id: string | null = null): EntryLike => ({ seq, rev, client_id });

describe('mergeEntries', () => {
  test('whatever order and doubles they come in, each entry stands once in its place', () => {
    const merged = mergeEntries([entry(1), entry(4)], [entry(3), entry(2), entry(3), entry(1)]);
    expect(merged.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  test('of two with one number the later change wins, from either side', () => {
    const [older, newer] = [entry(2, 2), entry(2, 7)];
    expect(mergeEntries([older], [newer])).toEqual([newer]);
    expect(mergeEntries([newer], [older])).toEqual([newer]);
  });

  test('nothing new gives the same list, so that nothing is drawn again', () => {
    const known = [entry(1), entry(2)];
    expect(mergeEntries(known, [entry(2)])).toBe(known);
  });

  test('any split of a thread into pages and events ends in the same list', () => {
    const thread = Array.from({ length: 30 }, (_, index) => entry(index + 1));
    for (let seed = 1; seed <= 50; seed += 1) {
      let known: readonly EntryLike[] = [];
      const parts = [0, 1, 2, 3].map((part) =>
        thread.filter(({ seq }) => (seq * seed) % 4 === part || seq % 7 === part),
      );
      for (const part of parts.sort((a, b) => ((a.length * seed) % 5) - ((b.length * seed) % 5))) {
        known = mergeEntries(known, part);
      }
      expect(known).toEqual(thread);
    }
  });
});

describe('withoutEchoes', () => {
  test('what has come back is no longer pending', () => {
    const pending = [{ id: 'a' }, { id: 'b' }];
    expect(withoutEchoes(pending, [entry(1, 1, 'a')])).toEqual([{ id: 'b' }]);
    expect(withoutEchoes(pending, [entry(1, 1, null)])).toBe(pending);
  });
});

describe('decide', () => {
  test.each([
    [5, 4, 'ignore'],
    [5, 5, 'ignore'],
    [5, 6, 'apply'],
    [5, 7, 'gap'],
    [0, 1, 'apply'],
    [0, 2, 'gap'],
  ] as const)('knowing %i and told %i: %s', (known, incoming, verdict) => {
    expect(decide(known, incoming)).toBe(verdict);
  });
});
