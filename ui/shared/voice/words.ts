/** The words of voice messages, for both pages: fetched with the first one that is recorded or shown. */
import { fill, type Catalogue, type Params } from '../i18n.ts';
import type { Locale } from '../wire.ts';
import type english from './words/en.json';

export type Key = keyof typeof english;

const FILES: Record<Locale, URL> = {
  es: new URL('./words/es.json', import.meta.url),
  en: new URL('./words/en.json', import.meta.url),
  pt: new URL('./words/pt.json', import.meta.url),
};

let spoken: Locale = 'en';
let words: Catalogue = {};
const fetched = new Map<Locale, Promise<Catalogue>>();

/** Must have ended before anything is drawn. */
export async function learn(locale: Locale): Promise<void> {
  const coming = fetched.get(locale) ?? fetch(FILES[locale]).then((answer) => answer.json() as Promise<Catalogue>);
  fetched.set(locale, coming);
  coming.catch(() => fetched.delete(locale));
  [words, spoken] = [await coming, locale];
}

export function t(key: Key, params?: Params): string {
  return fill(words[key] ?? key, spoken, params);
}

/** True where the catalogue has a sentence for `key`. */
export const has = (key: string): key is Key => key in words;

/** A length as it is read: minutes and seconds. */
export function lengthOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Why a recording was not taken, by the server's code. */
export function whyNot(problem: string): string {
  // Of what was recorded here, whatever else its content is found to be is damage.
  const key = `why.${['mismatch', 'format', 'too_complex'].includes(problem) ? 'damaged' : problem}`;
  return t(has(key) ? key : 'why.other');
}
