import { describe, expect, test } from 'vitest';
import { neighbour, settle } from '../src/state/list-order.ts';

describe('rows under the pointer', () => {
  test('keep their places, and what is new stands behind them', () => {
    expect(settle([3, 1, 2], [1, 2], true)).toEqual([1, 2, 3]);
  });

  test('one that has left keeps its room while rows stand below it', () => {
    expect(settle([2], [1, 2], true)).toEqual([1, 2]);
    expect(settle([1], [1, 2], true)).toEqual([1]);
  });

  test('go to their own order when the pointer leaves', () => {
    expect(settle([3, 1, 2], [1, 2], false)).toEqual([3, 1, 2]);
  });

  test('nothing new is the same list', () => {
    const shown = [1, 2];
    expect(settle([1, 2], shown, true)).toBe(shown);
  });
});

describe('moving by keys', () => {
  test('stops at both ends', () => {
    expect([neighbour([1, 2, 3], 3, 1), neighbour([1, 2, 3], 1, -1)]).toEqual([3, 1]);
  });

  test('begins at an end where nothing is chosen', () => {
    expect([neighbour([1, 2], null, 1), neighbour([1, 2], null, -1), neighbour([], null, 1)]).toEqual([1, 2, null]);
  });
});
