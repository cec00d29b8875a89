/** Finding one of many by a few letters: accents and case do not matter, the best match first. Pure. */
import { fold } from '@recado/shared/fold.ts';
export { fold };

export interface Findable {
  /** What is searched, folded by `fold`. */
  hay: string;
}

/** Those that hold every word of `query`, the best first; of equals, the order they came in. All of them where nothing is asked. */
export function find<T extends Findable>(entries: readonly T[], query: string, most: number): T[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries.slice(0, most);
  const found: { entry: T; score: number }[] = [];
  for (const entry of entries) {
    const score = scoreOf(entry.hay, words);
    if (score > 0) found.push({ entry, score });
  }
  return found
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ entry }) => entry);
}

/** Whether every word of `query` stands in one of these texts: for lists that keep their own order. */
export function fits(query: string, ...texts: (string | null)[]): boolean {
  const hay = fold(texts.filter((text) => text !== null).join(' '));
  return fold(query)
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

/** 0 where a word is missing. */
function scoreOf(hay: string, words: readonly string[]): number {
  let sum = 0;
  for (const word of words) {
    const score = scoreOfWord(hay, word);
    if (score === 0) return 0;
    sum += score;
  }
  // Of two that match alike the shorter one is more likely meant.
  return sum - Math.min(hay.length, 200) / 1000;
}

function scoreOfWord(hay: string, word: string): number {
  const at = hay.indexOf(word);
  if (at === 0) return 8;
  if (at > 0) return startsWord(hay, word, at) ? 6 : 3;
  return word.length > 1 && inOrder(hay, word) ? 1 : 0;
}

function startsWord(hay: string, word: string, first: number): boolean {
  for (let at = first; at > 0; at = hay.indexOf(word, at + 1)) if (/[^\p{L}\p{N}]/u.test(hay[at - 1]!)) return true;
  return false;
}

/** Whether the letters stand in this order, beginning a word of `hay`. */
function inOrder(hay: string, word: string): boolean {
  let from = -1;
  for (const letter of word) {
    from = hay.indexOf(letter, from + 1);
    if (from === -1) return false;
  }
  const first = hay.indexOf(word[0]!);
  return first === 0 || /[^\p{L}\p{N}]/u.test(hay[first - 1]!);
}
