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

/** A length as it is read wherever it stands: as the server writes it in lists (`clock` in `recado/domain/attachments.py`). */
export const lengthOf = (ms: number): string => clockOf(Math.max(1, Math.round(ms / 1000)) * 1000);

/** How far something is: minutes and seconds that have passed whole. */
export function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const end = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${end}` : `${minutes}:${end}`;
}

/** What is read out once the server has one. */
export const sentWords = (): string => t('arrived');

/** Why a recording was not taken, by the server's code. */
export function whyNot(problem: string): string {
  if (problem === 'format') return t('obstacle.format');
  // Of what was recorded here, whatever else its content is found to be is damage.
  const key = `why.${['mismatch', 'too_complex'].includes(problem) ? 'damaged' : problem}`;
  return t(has(key) ? key : 'why.other');
}
