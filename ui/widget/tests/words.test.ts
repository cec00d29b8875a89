import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calls, complaints, patterns, placesOf, quoted } from '@recado/shared/catalogue-check.ts';
import type { Catalogue } from '@recado/shared/i18n.ts';
import { describe, expect, test } from 'vitest';

const PLACES = ['frame', 'attach', 'away'];
const LOCALES = ['es', 'en', 'pt'];
const placed = (place: string, ...path: string[]): string => join(import.meta.dirname, '../src', place, ...path);
const wordsOf = (place: string, locale: string): Catalogue =>
  JSON.parse(readFileSync(placed(place, 'words', `${locale}.json`), 'utf8'));
const codeOf = (place: string): string =>
  readdirSync(placed(place), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|svelte)$/.test(name))
    .map((name) => readFileSync(placed(place, name), 'utf8'))
    .join('\n');

/** Everything that a key which is put together may become. */
function expand(pattern: string, en: Catalogue): string[] {
  const shape = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}$`);
  return Object.keys(en).filter((key) => shape.test(key));
}

describe.each(PLACES.flatMap((place) => LOCALES.map((locale) => [place, locale] as const)))('the words of the %s in %s', (place, locale) => {
  const catalogue = wordsOf(place, locale);
  const en = wordsOf(place, 'en');

  test('say everything that English says, with the same places', () => {
    expect(Object.keys(catalogue)).toEqual(Object.keys(en));
    for (const [key, sentence] of Object.entries(en))
      expect([key, placesOf(catalogue[key]!)]).toEqual([key, placesOf(sentence)]);
  });

  test('leave nothing empty and shout nowhere', () => {
    for (const [key, sentence] of Object.entries(catalogue))
      expect([key, JSON.stringify(sentence)]).toEqual([key, expect.not.stringMatching(/""|!/)]);
  });

  test('have one and other for every count', () => {
    for (const [key, sentence] of Object.entries(catalogue)) {
      const forms = typeof sentence === 'string' ? [] : Object.keys(sentence);
      expect([key, forms]).toEqual([key, placesOf(sentence).includes('count') ? ['one', 'other'] : []]);
    }
  });

  test('get from the code what their sentences have places for', () => {
    expect(calls(codeOf(place)).flatMap((call) => complaints(call, catalogue, (pattern) => expand(pattern, en)))).toEqual([]);
  });
});

describe.each(PLACES)('the words of the %s', (place) => {
  const en = wordsOf(place, 'en');
  const code = codeOf(place);

  test('are in no two languages the same by mistake', () => {
    const es = wordsOf(place, 'es');
    // Places alone say the same everywhere.
    const words = (sentence: unknown): string => JSON.stringify(sentence).replaceAll(/\{\w+\}/g, '');
    const same = Object.entries(en).filter(([key, sentence]) => /\p{L}{2}/u.test(words(sentence)) && words(es[key]) === words(sentence));
    expect(same).toEqual([]);
  });

  test('are all used, and all that is put together is there', () => {
    const found = [...patterns(code)].filter((pattern) => Object.keys(en).some((key) => key.startsWith(pattern.split('.')[0]!)));
    expect(found.filter((pattern) => expand(pattern, en).length === 0)).toEqual([]);
    const used = new Set([...quoted(code), ...found.flatMap((pattern) => expand(pattern, en))]);
    expect(Object.keys(en).filter((key) => !used.has(key))).toEqual([]);
  });
});
