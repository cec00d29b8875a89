import { expect, test } from 'vitest';
import { split } from '../src/frame/links.ts';

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
  ]) {
    expect(
      split(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  }
});

test('web and mail addresses become links, without the marks that end a sentence', () => {
  expect(links('see https://shop.example/a?b=1, or http://x.example.')).toEqual([
    'https://shop.example/a?b=1',
    'http://x.example/',
  ]);
  expect(links('(https://x.example/a_(b))')).toEqual(['https://x.example/a_(b)']);
  expect(links('mailto:ana@example.com!')).toEqual(['mailto:ana@example.com']);
});

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'java\nscript:alert(1)',
  'https://',
  'mailto:nobody',
  'xhttps://x.example',
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
