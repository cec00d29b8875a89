/** The words of files that go along, in the language of the chat's others: fetched with the first file. */
import { fill, type Catalogue, type Params } from '@recado/shared/i18n.ts';
import type { Locale } from '@recado/shared/wire.ts';
import { locale } from '../frame/words.ts';
import type english from './words/en.json';

export type Key = keyof typeof english;

const FILES: Record<Locale, URL> = {
  es: new URL('./words/es.json', import.meta.url),
  en: new URL('./words/en.json', import.meta.url),
  pt: new URL('./words/pt.json', import.meta.url),
};

let words: Catalogue | null = null;

/** Must have ended before anything is drawn. */
export async function learn(): Promise<void> {
  words ??= (await (await fetch(FILES[locale()])).json()) as Catalogue;
}

export function t(key: Key, params?: Params): string {
  return fill(words?.[key] ?? key, locale(), params);
}

/** True where the catalogue has a sentence for `key`. */
export const has = (key: string): key is Key => words !== null && key in words;
