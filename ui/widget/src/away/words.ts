/** The words for whoever has written while nobody is there. */
import { LaterWords } from '../frame/later-words.ts';
import type english from './words/en.json';

export type Key = keyof typeof english;

const words = new LaterWords({
  es: new URL('./words/es.json', import.meta.url),
  en: new URL('./words/en.json', import.meta.url),
  pt: new URL('./words/pt.json', import.meta.url),
});
export const { learn } = words;

export const t = (key: Key): string => String(words.find(key) ?? key);
