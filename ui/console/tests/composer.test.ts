/** How long an answer may be, said in what people count: characters. */
import { expect, test } from 'vitest';
import { roomLeft } from '../src/features/desk/composer.ts';

const LONGEST = 64 * 1024;

test('while there is plenty nothing is counted, and then what is left is told', () => {
  expect(roomLeft('Hola')).toBeNull();
  expect(roomLeft('a'.repeat(LONGEST - 5_000))).toBeNull();
  expect(roomLeft('a'.repeat(LONGEST - 10))).toBe(10);
  expect(roomLeft('a'.repeat(LONGEST))).toBe(0);
});

test('what is too much is counted in characters, whatever each of them weighs', () => {
  expect(roomLeft('a'.repeat(LONGEST + 3))).toBe(-3);
  expect(roomLeft('ñ'.repeat(LONGEST / 2 + 3))).toBe(-3);
  expect(roomLeft('🙂'.repeat(LONGEST / 4 + 3))).toBe(-3);
  expect(roomLeft(`${'a'.repeat(LONGEST - 1)}ñ`)).toBe(-1);
});

test('with so many fewer it fits', () => {
  const text = `${'a'.repeat(LONGEST - 20)}${'ñ🙂'.repeat(10)}`;
  const over = -roomLeft(text)!;
  const cut = (count: number) => [...text].slice(0, -count).join('');
  expect(roomLeft(cut(over))).toBeGreaterThanOrEqual(0);
  expect(roomLeft(cut(over - 1))).toBeLessThan(0);
});
