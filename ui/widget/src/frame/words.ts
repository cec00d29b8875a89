/** The chat's words in the visitor's language. Only that language's catalogue is loaded. */
import { fill, pickLocale, type Catalogue, type Params } from '@recado/shared/i18n.ts';
import type { Locale } from '@recado/shared/wire.ts';
import type english from './words/en.json';

export type Key = keyof typeof english;

// As files beside the script rather than chunks of it: that needs no code to load them.
const FILES: Record<Locale, URL> = {
  es: new URL('./words/es.json', import.meta.url),
  en: new URL('./words/en.json', import.meta.url),
  pt: new URL('./words/pt.json', import.meta.url),
};

let words: Catalogue = {};
let spoken: Locale = 'en';

/** Learns the first language of `preferred` that we speak. Must have ended before anything is drawn. */
export async function learn(preferred: readonly string[]): Promise<void> {
  spoken = pickLocale(preferred);
  words = (await (await fetch(FILES[spoken])).json()) as Catalogue;
  document.documentElement.lang = spoken;
}

export function t(key: Key, params?: Params): string {
  return fill(words[key] ?? key, spoken, params);
}

/** True where the catalogue has a sentence for `key`. */
export function has(key: string): key is Key {
  return key in words;
}

export function locale(): Locale {
  return spoken;
}
