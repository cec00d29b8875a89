import { expect, test } from 'vitest';
import { beginning, folded } from './folding.ts';

const lines = (count: number): string => Array.from({ length: count }, (_, at) => `line ${at + 1}`).join('\n');

test('what fits on a screen or two is shown whole', () => {
  for (const text of ['', 'Hello', lines(40), 'x'.repeat(4000), 'a word '.repeat(500)]) expect(beginning(text)).toBe(null);
});

test('of many lines the first forty are shown', () => {
  expect(beginning(lines(41))).toBe(`${lines(40)}…`);
  expect(beginning(lines(5000))).toBe(`${lines(40)}…`);
});

test('a smaller page shows less of it', () => {
  expect(beginning(lines(21), { lines: 20, characters: 1200 })).toBe(`${lines(20)}…`);
  expect(folded('x '.repeat(700), { lines: 20, characters: 1200 })!.map(({ text }) => text).join('').length).toBeLessThan(1202);
});

test('of many characters the first ones are shown, up to the end of a word', () => {
  const text = 'Seis palabras que van una tras otra. '.repeat(2000);
  const shown = beginning(text)!;
  expect(shown.length).toBeGreaterThan(3600);
  expect(shown.length).toBeLessThanOrEqual(4001);
  expect(text.startsWith(`${shown.slice(0, -1)} `)).toBe(true);
});

test('an address at the cut is left out whole', () => {
  const shown = beginning(`${'x '.repeat(1950)}https://shop.example/${'a'.repeat(300)} ${'y'.repeat(3000)}`)!;
  expect(shown).not.toContain('https');
});

test('an address that is too long to be left out leads, also cut, to the whole of it', () => {
  const address = `https://shop.example/?${'a'.repeat(900)}`;
  const parts = folded(`${'x '.repeat(1700)}see ${address} and ${'y '.repeat(300)}`)!;
  expect(parts.map(({ text }) => text).join('')).toHaveLength(4001);
  expect(parts.at(-2)).toEqual({ text: address.slice(0, 596), href: address, at: 3404 });
  expect(parts.at(-1)).toEqual({ text: '…', at: 4000 });
  expect(folded(`see ${address}`)).toBe(null);
});

test('no character is cut in two', () => {
  for (const text of ['😀'.repeat(3000), `x${'😀'.repeat(3000)}`]) expect(() => encodeURI(beginning(text)!)).not.toThrow();
});

test('emphasis and code that go on beyond the cut are shown as far as it', () => {
  const long = folded(`*${'palabra '.repeat(1000)}fin* y`)!;
  expect(long[0]).toMatchObject({ at: 1, strong: true });
  expect(long).toHaveLength(2);
  expect(folded(`\`\`\`\n${lines(60)}\n\`\`\``)![0]).toMatchObject({ code: 'block', at: 4 });
});
