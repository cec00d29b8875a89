import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { calls, complaints, patterns, placesOf, quoted } from '../catalogue-check.ts';
import { LOCALES, type Catalogue } from '../i18n.ts';
import { clockOf, lengthOf, whyNot } from './words.ts';

const read = (locale: string): Catalogue =>
  JSON.parse(readFileSync(join(import.meta.dirname, `words/${locale}.json`), 'utf8')) as Catalogue;
const english = read('en');
const code = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n');
const expand = (pattern: string): string[] => Object.keys(english).filter((key) => key.startsWith(pattern.split('*')[0]!));

test.each(LOCALES)('the catalogue of %s has all keys, and the code fills all its places', (locale) => {
  const catalogue = read(locale);
  expect(Object.keys(catalogue)).toEqual(Object.keys(english));
  for (const [key, sentence] of Object.entries(catalogue)) {
    expect([key, placesOf(sentence)]).toEqual([key, placesOf(english[key]!)]);
    expect([key, sentence]).toEqual([key, expect.not.stringMatching(/^$|!/)]);
  }
  expect(calls(code).flatMap((call) => complaints(call, catalogue, expand))).toEqual([]);
});

test('every key is used, and every key that is put together is there', () => {
  const used = new Set([...quoted(code), ...[...patterns(code)].flatMap(expand)]);
  expect(Object.keys(english).filter((key) => !used.has(key))).toEqual([]);
  expect([...patterns(code)].filter((pattern) => expand(pattern).length === 0)).toEqual([]);
});

test('a length is the same wherever it is read, and what has passed has passed whole', () => {
  expect([0, 1_499, 1_501, 61_000, 600_000, 3_661_999].map(lengthOf)).toEqual(['0:01', '0:01', '0:02', '1:01', '10:00', '1:01:02']);
  expect([0, 1_501, 61_999, 3_661_999].map(clockOf)).toEqual(['0:00', '0:01', '1:01', '1:01:01']);
});

test('a recording that is not allowed any more is told apart from a damaged one', () => {
  expect(['format', 'mismatch', 'damaged', 'nobody_knows'].map(whyNot)).toEqual(['obstacle.format', 'why.other', 'why.other', 'why.other']);
});
