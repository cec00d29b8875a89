/** Long lists: which rows are drawn, and that what is in view stays there. */
import { describe, expect, test } from 'vitest';
import { inView, placesOf, reveal, shift } from '../src/state/virtual.ts';

const ROW = 50;
const upTo = (count: number) => Array.from({ length: count }, (_, place) => place);

describe('of a long list', () => {
  test('the rows in view are drawn, with some to spare', () => {
    expect(inView(50_000, 100_000, 500, ROW, 8)).toEqual({ from: 1992, to: 2018 });
    expect(inView(50_000, 0, 500, ROW, 8)).toEqual({ from: 0, to: 18 });
    expect(inView(3, 0, 500, ROW, 8)).toEqual({ from: 0, to: 3 });
    expect(inView(0, 0, 500, ROW, 8)).toEqual({ from: 0, to: 0 });
  });

  test('a scroll that is beyond the end draws its end', () => {
    expect(inView(20, 90_000, 500, ROW, 8)).toEqual({ from: 12, to: 20 });
  });

  test('the row with the focus is drawn wherever it is, in its order', () => {
    expect(placesOf({ from: 3, to: 6 }, [1, -1])).toEqual([1, 3, 4, 5]);
    expect(placesOf({ from: 3, to: 6 }, [9, 4])).toEqual([3, 4, 5, 9]);
  });
});

test('a row is brought into view by as little scrolling as possible', () => {
  expect(reveal(3, 0, 500, ROW)).toBe(0);
  expect(reveal(10, 0, 500, ROW)).toBe(50);
  expect(reveal(2, 300, 500, ROW)).toBe(100);
});

describe('what is in view stays there', () => {
  test('when rows come in or leave above it', () => {
    expect(shift(upTo(40), [100, 101, ...upTo(40)], 10 * ROW, ROW)).toBe(2 * ROW);
    expect(shift(upTo(40), upTo(40).slice(3), 10 * ROW, ROW)).toBe(-3 * ROW);
  });

  test('when the row at the edge itself has left', () => {
    expect(shift(upTo(40), [100, ...upTo(40).filter((id) => id !== 10)], 10 * ROW, ROW)).toBe(0);
    expect(shift(upTo(40), [100, 101, ...upTo(40).filter((id) => id !== 10)], 10 * ROW, ROW)).toBe(ROW);
  });

  test('but at the top what is new is seen, and below nothing moves', () => {
    expect(shift(upTo(40), [100, ...upTo(40)], 0, ROW)).toBe(0);
    expect(shift(upTo(40), [...upTo(40), 100], 10 * ROW, ROW)).toBe(0);
    expect(shift(upTo(40), [], 10 * ROW, ROW)).toBe(0);
  });
});
