import { expect, test } from 'vitest';
import { plain, read } from './marks.ts';

/** Twenty times what it takes on a slow machine: a square of the length takes far more. */
const DEADLINE_MS = 20 * 100;

/** The pieces as a line: what is emphasised in angle brackets. */
const drawn = (text: string): string =>
  read(text)
    .map(({ text: words, href, strong, em, code }) => {
      const marks = [strong && 'b', em && 'i', code === 'line' && 'c', code === 'block' && 'pre', href && 'a'].filter(Boolean);
      return marks.length > 0 ? `<${marks.join('')} ${words}>` : words;
    })
    .join('');

test.each([
  ['*Importante*: hoy', '<b Importante>: hoy'],
  ['es _muy_ tarde', 'es <i muy> tarde'],
  ['(*sí*), «_no_».', '(<b sí>), «<i no>».'],
  ['*_ambos_*', '<bi ambos>'],
  ['*dos palabras* y *otra*', '<b dos palabras> y <b otra>'],
  ['nota *: ver *esto*', 'nota *: ver <b esto>'],
  ['*¿Seguro?* *¡Ya!*', '<b ¿Seguro?> <b ¡Ya!>'],
  ['*€ 20*', '<b € 20>'],
  ['*https://x.example/a_b_c*', '<ba https://x.example/a_b_c>'],
  ['*ver https://x.example/a_b*', '<b ver ><ba https://x.example/a_b>'],
  ['use `rm *a*` now', 'use <c rm *a*> now'],
  ['*`code`* stays', '*<c code>* stays'],
  ['so:\n```\nlet a = *b*;\n  c\n```\nend', 'so:\n<pre let a = *b*;\n  c>end'],
  ['```js\na\n```', '<pre a>'],
  ['```\na\nb', '<pre a\nb>'],
])('%j is read as %j', (text, expected) => {
  expect(drawn(text)).toBe(expected);
});

test.each([
  'snake_case_names and a_b',
  '2*3*4 = 24',
  '5 * 3 * 2',
  '__init__ and **twice**',
  'a * b*',
  '*.txt and *.csv',
  '*.txt,*.csv',
  '/path/*_test/*',
  'shop.example/_next/_x',
  '_ana_@x.example',
  '*a\nb*',
  '* one\n* two',
  '^_^ hola ^_^',
  '*_* -_- T_T',
  '*',
  '``',
  'a ` b',
  '`a\nb`',
  '` `',
  '```',
  '``` a ```',
])('%j stays as it is', (text) => {
  expect(drawn(text)).toBe(text);
});

test('whatever the text, the pieces stand in it, in order, where they say', () => {
  for (const text of ['', '*a* _b_ `c` https://x.example/*_*', '\n```\nx\n```\n*y*', '\u202e*\u0000*<b>`', '*a _b* c_', '😀*😀 a*']) {
    let end = 0;
    for (const piece of read(text)) {
      expect(piece.at).toBeGreaterThanOrEqual(end);
      expect(text.slice(piece.at, piece.at + piece.text.length)).toBe(piece.text);
      end = piece.at + piece.text.length;
    }
  }
});

test('in one line no mark is left that meant something', () => {
  expect(plain('*Hola*, use `a_b` _ya_: https://x.example/_a_')).toBe('Hola, use a_b ya: https://x.example/_a_');
  expect(plain('``` let a ```')).toBe(' let a ');
});

test.each([
  '*',
  '_',
  '`',
  '*a ',
  '_a',
  '*a* ',
  '*_',
  '`a',
  '`a`',
  '``` ',
  '```\n',
  '\n```a',
  '*a _b* c_ ',
  'https://x.example/*a* ',
  '(*',
  '*a b',
  ')* ',
  '*( ',
])('the longest message of %j takes no longer than another', (unit) => {
  const began = performance.now();
  read(`*(${unit.repeat(65_000 / unit.length)}`);
  read(unit.repeat(65_000 / unit.length));
  expect(performance.now() - began).toBeLessThan(DEADLINE_MS);
});

test('a text that is nothing but marks is drawn in a bounded number of pieces, and no letter of it is lost', () => {
  const text = '*a* '.repeat(16_000);
  const pieces = read(text);
  expect(pieces.length).toBeLessThanOrEqual(2_001);
  expect(pieces[0]).toEqual({ text: 'a', at: 1, strong: true });
  expect(pieces.at(-1)!.at + pieces.at(-1)!.text.length).toBe(text.length);
});
