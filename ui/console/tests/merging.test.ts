/** Two people over the same thing: what each has set of it, part by part. */
import { describe, expect, it } from 'vitest';
import { merge, partAt, taken } from '../src/state/merging.ts';

const texts = { greeting: 'Hi', away: 'Later' };

describe('what two people have set is brought together', () => {
  it('text by text, and said where both have set the same one', () => {
    const theirs = { greeting: 'Hello', away: 'Tomorrow' };
    expect(merge(texts, { ...texts, away: 'Soon' }, theirs)).toEqual({
      value: { greeting: 'Hello', away: 'Soon' },
      clashes: ['away'],
    });
    expect(merge(texts, { ...texts, away: 'Tomorrow' }, theirs)).toEqual({ value: theirs, clashes: [] });
  });

  it('day by day', () => {
    const nine = { opens: '09:00', closes: '18:00' };
    const ten = { opens: '10:00', closes: '18:00' };
    const week = [[nine], [], [nine]];
    expect(merge(week, [[ten], [], [nine]], [[nine], [nine], [nine]])).toEqual({
      value: [[ten], [nine], [nine]],
      clashes: [],
    });
    expect(merge(week, [[ten], [], [nine]], [[], [], [nine]])).toEqual({ value: [[ten], [], [nine]], clashes: ['0'] });
  });

  it('one by one where they are several of which each is there or not, in whatever order', () => {
    expect(merge([1, 2], [2, 1, 3], [2, 4])).toEqual({ value: [2, 3, 4], clashes: [] });
    expect(merge([], [1], [2])).toEqual({ value: [1, 2], clashes: [] });
    expect(merge([1, 2], [2, 1], [1])).toEqual({ value: [1], clashes: [] });
  });

  it('as a whole where parts say nothing without one another', () => {
    const limit = { on: true, count: 4 };
    expect(merge({ limit }, { limit: { on: false, count: 4 } }, { limit: { on: true, count: 9 } }, ['limit'])).toEqual({
      value: { limit: { on: false, count: 4 } },
      clashes: ['limit'],
    });
  });

  it('as a whole where one of them has put it away', () => {
    const hours = { zone: 'UTC', week: [[]] };
    expect(merge({ hours }, { hours: null }, { hours: { ...hours, zone: 'Asia/Tokyo' } })).toEqual({
      value: { hours: null },
      clashes: ['hours'],
    });
  });
});

describe('things with a name of their own', () => {
  const a = { id: 'a', words: 'A', required: false };
  const b = { id: 'b', words: 'B', required: false };

  it('are told apart by it: added by both, changed by one, removed by the other', () => {
    const mine = [{ ...a, words: 'Mine' }, b, { ...a, id: '1' }];
    const theirs = [{ ...a, required: true }, { ...b, id: 'c' }];
    expect(merge([a, b], mine, theirs)).toEqual({
      value: [{ ...a, words: 'Mine', required: true }, { ...a, id: '1' }, { ...b, id: 'c' }],
      clashes: [],
    });
  });

  it('are neither lost nor kept unseen where one has removed what the other has changed', () => {
    expect(merge([a], [], [{ ...a, words: 'Theirs' }])).toEqual({ value: [], clashes: ['a'] });
    expect(merge([a], [{ ...a, words: 'Mine' }], [])).toEqual({ value: [{ ...a, words: 'Mine' }], clashes: ['a'] });
  });

  it('are taken over one by one, a removed one among them', () => {
    const theirs = { list: [{ ...a, words: 'Theirs' }] };
    expect(taken({ list: [a, b] }, theirs, 'list.a.words')).toEqual({ list: [{ ...a, words: 'Theirs' }, b] });
    expect(taken({ list: [a, b] }, theirs, 'list.b')).toEqual({ list: [a] });
    expect(taken({ list: [] }, theirs, 'list.a')).toEqual(theirs);
    expect(partAt(theirs, 'list.a.words')).toBe('Theirs');
    expect(partAt(theirs, 'list.b.words')).toBeUndefined();
  });
});
