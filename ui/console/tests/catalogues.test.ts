import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCALES, type Catalogue, type Sentence } from '@recado/shared/i18n.ts';
import { describe, expect, test } from 'vitest';

const SOURCE = join(import.meta.dirname, '../src');
const read = (locale: string): Catalogue =>
  JSON.parse(readFileSync(join(SOURCE, `locales/${locale}.json`), 'utf8')) as Catalogue;
const english = read('en');
const code = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|svelte)$/.test(name))
  .map((name) => readFileSync(join(SOURCE, name), 'utf8'))
  .join('\n');

const places = (sentence: Sentence): string[] =>
  [...new Set([...JSON.stringify(sentence).matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort();

/** Keys that the code names whole, and the beginnings of those it puts together. */
const named = new Set([...code.matchAll(/['"`]([a-z]+\.[\w.]+)['"`]/gi)].map((match) => match[1]!));
const beginnings = [...code.matchAll(/`([a-z]+\.[\w.]*)\$\{/gi)].map((match) => match[1]!);

describe.each(LOCALES)('the catalogue of %s', (locale) => {
  const catalogue = read(locale);

  test('has the keys of all others', () => {
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(english).sort());
  });

  test('fills the same places', () => {
    for (const [key, sentence] of Object.entries(catalogue)) {
      expect([key, places(sentence)]).toEqual([key, places(english[key]!)]);
    }
  });

  test('leaves nothing empty and shouts nowhere', () => {
    for (const [key, sentence] of Object.entries(catalogue)) {
      expect([key, JSON.stringify(sentence)]).toEqual([key, expect.not.stringMatching(/""|!/)]);
    }
  });
});

test('every key is used', () => {
  const used = (key: string): boolean => named.has(key) || beginnings.some((start) => key.startsWith(start));
  expect(Object.keys(english).filter((key) => !used(key))).toEqual([]);
});

test('every key that the code names is there', () => {
  const families = new Set(Object.keys(english).map((key) => key.split('.')[0]));
  const missing = [...code.matchAll(/\b(?:t|tryT)\(\s*'([^']+)'/g)].map((match) => match[1]!);
  expect(missing.filter((key) => families.has(key.split('.')[0]) && !(key in english))).toEqual([]);
});
