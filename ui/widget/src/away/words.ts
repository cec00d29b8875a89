/** The words for whoever has written while nobody is there, in the language of the chat's others. */
import type { Catalogue } from '@recado/shared/i18n.ts';
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

export const t = (key: Key): string => String(words?.[key] ?? key);
