/** What is offered while a word is being written in a box: which of it is marked, the keys of the list, when it goes away. */
import { composing } from '@recado/shared/composing.ts';
import { tick } from 'svelte';

/** A word that is being written: from where, and what of it stands there. */
export interface Asked {
  from: number;
  query: string;
}

export type Box = HTMLTextAreaElement;

export abstract class Completing<Option> {
  protected asked = $state.raw<Asked | null>(null);
  private marked = $state(0);
  /** Where the list was sent away with Esc: it does not come back for the same word. */
  private refused = -1;

  readonly options = $derived.by(() => (this.asked ? this.offer(this.asked.query) : []));
  readonly at = $derived(Math.min(this.marked, this.options.length - 1));

  /** The word that ends at the caret, null where none is being written. */
  protected abstract askedAt(text: string, caret: number): Asked | null;
  protected abstract offer(query: string): readonly Option[];
  /** Stores what the box says from now on. */
  protected abstract readonly write: (text: string) => void;
  /** `key`: what chose it, null for a click. */
  abstract choose(option: Option, box: Box, key: 'Enter' | 'Tab' | null): void;
  /** Told when the list is about to go without a choice; `box`: where one goes on writing. */
  protected left(_: Box | null): void {}

  get open(): boolean {
    return this.options.length > 0;
  }

  /** Looks at what is written before the caret. */
  look = (box: Box): void => {
    const asked = box.selectionStart === box.selectionEnd ? this.askedAt(box.value, box.selectionStart) : null;
    if (asked === null) this.refused = -1;
    if (asked === null && this.asked !== null) this.left(box);
    if (asked?.query !== this.asked?.query) this.marked = 0;
    this.asked = asked?.from === this.refused ? null : asked;
  };

  close = (): void => {
    if (this.asked !== null) this.left(null);
    this.asked = null;
  };

  mark(at: number): void {
    this.marked = at;
  }

  /** Takes the keys of the list; true where it had one. */
  down(event: KeyboardEvent & { currentTarget: Box }): boolean {
    if (this.asked === null || composing(event) || (!this.open && event.key !== 'Escape')) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) this.marked = (this.at + step + this.options.length) % this.options.length;
    else if (event.key === 'Enter' || event.key === 'Tab') this.choose(this.options[this.at]!, event.currentTarget, event.key);
    else if (event.key === 'Escape') {
      this.refused = this.asked.from;
      this.left(event.currentTarget);
      this.asked = null;
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Does what Enter would; false where nothing is offered. */
  enter(box: Box | undefined): boolean {
    if (!box || !this.open) return false;
    this.choose(this.options[this.at]!, box, 'Enter');
    return true;
  }

  /** Puts a text in the place of the word, with the caret behind it, and sends the list away. */
  protected async put(text: string, box: Box): Promise<void> {
    if (!this.asked) return;
    const { from, query } = this.asked;
    const before = box.value.slice(0, from) + text;
    const after = box.value.slice(from + 1 + query.length).replace(/^ /, '');
    this.asked = null;
    this.write(before + after);
    await tick();
    box.focus();
    box.setSelectionRange(before.length, before.length);
  }
}
