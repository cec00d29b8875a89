/** The words of files that go along: fetched with the first file. */
import { fill, type Params } from '@recado/shared/i18n.ts';
import { LaterWords } from '../frame/later-words.ts';
import { locale } from '../frame/words.ts';
import type english from './words/en.json';

export type Key = keyof typeof english;

const words = new LaterWords({
  es: new URL('./words/es.json', import.meta.url),
  en: new URL('./words/en.json', import.meta.url),
  pt: new URL('./words/pt.json', import.meta.url),
});
export const { learn } = words;

export function t(key: Key, params?: Params): string {
  return fill(words.find(key) ?? key, locale(), params);
}

/** True where the catalogue has a sentence for `key`. */
export const has = (key: string): key is Key => words.find(key) !== undefined;
