import { expect, test } from 'vitest';
import { split } from './links.ts';

/** Twenty times what it takes on a slow machine: a square of the length takes far more. */
const DEADLINE_MS = 20 * 100;

const links = (text: string): (string | undefined)[] =>
  split(text)
    .filter(({ href }) => href)
    .map(({ href }) => href);

test('the parts together are the text, whatever it is', () => {
  for (const text of [
    '',
    'a https://x.example/ b',
    'https://x.example',
    '(see https://x.example/a_(b)).',
    '\u202e\u0000<b>',
    'a <b>https://x.example/"><script></b>\n https://y.example!! end',
  ]) {
    expect(
      split(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  }
});

test.each([
  ['see https://shop.example/a?b=1, or http://x.example.', ['https://shop.example/a?b=1', 'http://x.example/']],
  ['(https://x.example/a_(b))', ['https://x.example/a_(b)']],
  ['(https://x.example/a)', ['https://x.example/a']],
  ['*https://x.example/a*', ['https://x.example/a']],
  ['¿http://x.example?', ['http://x.example/']],
  ['tel:+34600111222.', ['tel:+34600111222']],
  ['mailto:ana@example.com, gracias', ['mailto:ana@example.com']],
])('in %j addresses become links, without the marks that end a sentence', (text, expected) => {
  expect(links(text)).toEqual(expected);
});

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'java\nscript:alert(1)',
  'https://',
  'http:// nothing',
  'ftp://x.example',
  'mailto:nobody',
  'xhttps://x.example',
  'tel:',
  'tel:1',
  'tel:1;alert(1)',
  'hotel:12345',
])('%j stays text', (text) => {
  expect(links(text)).toEqual([]);
});

test('nothing costs more than a moment', () => {
  const began = performance.now();
  for (const unit of [')', 'https://', 'https://a.b/(', 'mailto:', 'https://a.b/) ', '.'])
    split(unit.repeat(100_000 / unit.length));
  split(`https://a.example/${')'.repeat(100_000)}`);
  expect(performance.now() - began).toBeLessThan(2_000);
});

test.each([
  ['closing brackets', `https://a${')'.repeat(65_000)}`],
  ['dots before a letter', `https://a${'.'.repeat(65_000)}x`],
  ['brackets and dots in turn', `https://a${').'.repeat(32_000)}`],
])('the longest message of %s takes no longer than another', (_, text) => {
  const began = performance.now();
  const parts = split(text);
  expect(performance.now() - began).toBeLessThan(DEADLINE_MS);
  expect(parts.map((part) => part.text).join('')).toBe(text);
});
