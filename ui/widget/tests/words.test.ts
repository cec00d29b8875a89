import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calls, complaints, patterns, placesOf, quoted } from '@recado/shared/catalogue-check.ts';
import type { Catalogue } from '@recado/shared/i18n.ts';
import { describe, expect, test } from 'vitest';
import english from '../src/frame/words/en.json';
import es from '../src/frame/words/es.json';
import pt from '../src/frame/words/pt.json';

const FRAME = join(import.meta.dirname, '../src/frame');
const code = readdirSync(FRAME, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|svelte)$/.test(name))
  .map((name) => readFileSync(join(FRAME, name), 'utf8'))
  .join('\n');
const en: Catalogue = english;

/** Everything that a key which is put together may become. */
function expand(pattern: string): string[] {
  const shape = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}$`);
  return Object.keys(en).filter((key) => shape.test(key));
}

describe.each([
  ['es', es],
  ['en', english],
  ['pt', pt],
])('the words of %s', (_, words) => {
  const catalogue: Catalogue = words;

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
    expect(calls(code).flatMap((call) => complaints(call, catalogue, expand))).toEqual([]);
  });
});

test('no two languages share a sentence by mistake', () => {
  const same = Object.entries(en).filter(([key, sentence]) => es[key as keyof typeof es] === sentence);
  expect(same).toEqual([]);
});

test('every word is used, and all that is put together is there', () => {
  const found = [...patterns(code)].filter((pattern) => Object.keys(en).some((key) => key.startsWith(pattern.split('.')[0]!)));
  expect(found.filter((pattern) => expand(pattern).length === 0)).toEqual([]);
  const used = new Set([...quoted(code), ...found.flatMap(expand)]);
  expect(Object.keys(en).filter((key) => !used.has(key))).toEqual([]);
});
