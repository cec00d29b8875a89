/** The emoji in my language, from the first time on that one is asked for; which I have used last, and where one is being named. */
import { findEmoji, loadEmoji, type Emoji } from '@recado/shared/emoji/catalogue.ts';
import { Recent } from '@recado/shared/emoji/recent.ts';
import type { Locale } from '@recado/shared/wire.ts';
import { language } from './language.svelte.ts';
import { session } from './session.svelte.ts';

const keyOf = (me: number): string => `recado:emoji:${me}`;

/** What I have used last is mine: nobody who signs in here after me is offered it. */
const storage = {
  getItem: (key: string) => localStorage.getItem(key),
  setItem: (key: string, text: string) => localStorage.setItem(key, text),
};
export const recent = (): Recent => new Recent(storage, keyOf(session.me?.id ?? 0));
export const forgetRecent = (me: number): void => localStorage.removeItem(keyOf(me));

class EmojiNames {
  private all = $state.raw<readonly Emoji[]>([]);
  private of: Locale | null = null;

  /** Fetches them; where that fails, the next word that asks for them tries again. */
  want(): void {
    const { locale } = language;
    if (this.of === locale) return;
    this.of = locale;
    loadEmoji(locale).then(
      (all) => this.of === locale && (this.all = all),
      () => (this.of = null),
    );
  }

  matching(query: string, most: number): Emoji[] {
    return findEmoji(this.all, query, recent().all).slice(0, most);
  }
}

export const emojiNames = new EmojiNames();

/** A colon begins a word, and letters follow: neither times nor addresses nor what is drawn with a colon. */
const BEING_WRITTEN = /(?:^|[\s([{«"'¿¡]|\p{ExtPict}\uFE0F?|\p{EMod})(:(?:\p{L}|\+\p{N})[\p{L}\p{M}\p{N}_-]{0,40})$/u;
const FEWEST = 2;

/** What is being typed after a colon that begins a word and ends at the caret; null where nothing is. */
export function emojiAskedAt(text: string, caret: number): { from: number; query: string } | null {
  const found = BEING_WRITTEN.exec(text.slice(0, caret))?.[1];
  return found === undefined || found.length <= FEWEST ? null : { from: caret - found.length, query: found.slice(1) };
}
