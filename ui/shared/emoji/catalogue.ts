/** The emoji of one language: their names, and how they are found. They are fetched when first needed, and kept by the page. */
import { fold } from '../fold.ts';
import type { Locale } from '../wire.ts';

/**
 * One emoji as the file has it: itself, its group (those of emojibase), the version of Unicode Emoji that brought it, its name,
 * folded words that find it beside its name; where it has them, its five skin tones and the version that brought those.
 */
export type Row = readonly [string, number, number, string, string, (readonly string[])?, number?];

export interface Emoji {
  readonly unicode: string;
  readonly group: number;
  readonly version: number;
  readonly name: string;
  /** The name as it is compared, with blanks between its words alone. */
  readonly folded: string;
  /** What else finds it: each word after a blank. */
  readonly words: string;
  readonly skins: readonly { readonly tone: number; readonly unicode: string; readonly version: number }[];
}

const FILES: Record<Locale, URL> = {
  es: new URL('../dist/emoji-es.json', import.meta.url),
  en: new URL('../dist/emoji-en.json', import.meta.url),
  pt: new URL('../dist/emoji-pt.json', import.meta.url),
};
const fetched = new Map<Locale, Promise<readonly Emoji[]>>();

/** Those of a language; rejects where they cannot be fetched, and is then asked again. */
export function loadEmoji(locale: Locale): Promise<readonly Emoji[]> {
  const known = fetched.get(locale);
  if (known) return known;
  const loading = fetch(FILES[locale]).then(async (answer) => {
    if (!answer.ok) throw new Error(`emoji: ${answer.status}`);
    return ((await answer.json()) as Row[]).map(emojiOf);
  });
  fetched.set(locale, loading);
  loading.catch(() => fetched.delete(locale));
  return loading;
}

export function emojiOf([unicode, group, version, name, words, tones = [], toned = version]: Row): Emoji {
  const skins = tones.map((one, index) => ({ tone: index + 1, unicode: one, version: toned }));
  return { unicode, group, version, name, folded: wordsIn(name).join(' '), words: ` ${words}`, skins };
}

/** The words of a text as they are compared. */
export const wordsIn = (text: string): string[] => fold(text).split(/[^\p{L}\p{N}+]+/u).filter(Boolean);

/** Those that have a word beginning with each word of `query`, the best first; of equals those of `first`, in its order. */
export function findEmoji(all: readonly Emoji[], query: string, first: readonly string[] = []): Emoji[] {
  const wanted = wordsIn(query);
  if (wanted.length === 0) return [];
  const found = all.flatMap((emoji) => {
    const rank = rankOf(emoji, wanted);
    const place = first.indexOf(emoji.unicode);
    if (rank === null) return [];
    // By whichever word of their names they are asked for.
    return place === -1 ? [{ emoji, rank, place: first.length }] : [{ emoji, rank: rank === 2 ? 1 : rank, place }];
  });
  return found.sort((a, b) => a.rank - b.rank || a.place - b.place).map(({ emoji }) => emoji);
}

/** 0: so it is called; 1: so its name begins; 2: its name has it; 3: something else finds it; null: nothing does. */
function rankOf({ folded, words }: Emoji, wanted: readonly string[]): number | null {
  if (folded === wanted.join(' ')) return 0;
  const name = ` ${folded}`;
  if (wanted.every((word) => name.includes(` ${word}`))) return folded.startsWith(wanted[0]!) ? 1 : 2;
  return wanted.every((word) => (name + words).includes(` ${word}`)) ? 3 : null;
}
