/** Naming an emoji while one writes: what the list offers after a colon, and what a choice writes. */
import type { Emoji } from '@recado/shared/emoji/catalogue.ts';
import { emojiAskedAt, emojiNames, recent } from '../../state/emoji.svelte.ts';
import { language, t } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { Completing, type Asked, type Box } from './completing.svelte.ts';

const SHOWN = 8;

export class Emoting extends Completing<Emoji> {
  protected readonly write: (text: string) => void;

  constructor(write: (text: string) => void) {
    super();
    this.write = write;
  }

  protected askedAt(text: string, caret: number): Asked | null {
    const asked = emojiAskedAt(text, caret);
    if (asked !== null) emojiNames.want();
    return asked;
  }

  protected offer(query: string): Emoji[] {
    return emojiNames.matching(query, SHOWN);
  }

  /** As it is written: in the tone that was chosen in the picker. */
  written({ unicode, skins }: Emoji): string {
    return skins[recent().tone - 1]?.unicode ?? unicode;
  }

  choose(emoji: Emoji, box: Box): void {
    recent().use(emoji.unicode);
    void this.put(`${this.written(emoji)} `, box);
  }
}

/** Opens the picker of emoji by its button, or closes it; it is fetched with its first opening. */
export async function togglePicker(button: HTMLElement, box: Box): Promise<void> {
  try {
    const picker = await import('@recado/shared/emoji/picker.ts');
    // Of a page from before an upgrade it is no more: the line at the top says so.
    if ('togglePicker' in picker) picker.togglePicker(button, box, language.locale, recent());
  } catch {
    notices.warning(t('emoji.failed'));
  }
}
