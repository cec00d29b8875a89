/** Naming a colleague while a note is written: whom the list offers, which of them is marked, and what a choice writes. */
import { composing } from '@recado/shared/composing.ts';
import type { Named } from '@recado/shared/wire.ts';
import { tick } from 'svelte';
import { askedAt, handles, matching, type Asked } from '../../state/mentions.ts';

const SHOWN = 8;

export class Mentioning {
  private readonly people: () => readonly Named[];
  private readonly write: (text: string) => void;
  private asked = $state.raw<Asked | null>(null);
  private marked = $state(0);
  /** Where the list was sent away with Esc: it does not come back for the same name. */
  private refused = -1;

  readonly options = $derived.by(() => (this.asked ? matching(this.people(), this.asked.query).slice(0, SHOWN) : []));
  readonly at = $derived(Math.min(this.marked, this.options.length - 1));

  constructor(people: () => readonly Named[], write: (text: string) => void) {
    this.people = people;
    this.write = write;
  }

  get open(): boolean {
    return this.options.length > 0;
  }

  /** Why nothing is offered where a name is being written; null otherwise. */
  get empty(): 'mention.nobody' | 'mention.noMatch' | null {
    if (this.asked === null || this.open) return null;
    return this.people().length === 0 ? 'mention.nobody' : 'mention.noMatch';
  }

  /** Looks at what is written before the caret. */
  look = (box: HTMLTextAreaElement): void => {
    const asked = box.selectionStart === box.selectionEnd ? askedAt(box.value, box.selectionStart) : null;
    if (asked === null) this.refused = -1;
    if (asked?.query !== this.asked?.query) this.marked = 0;
    this.asked = asked?.from === this.refused ? null : asked;
  };

  close = (): void => {
    this.asked = null;
  };

  /** Takes the keys of the list; true where it had one. */
  down(event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }): boolean {
    if (this.asked === null || composing(event) || (!this.open && event.key !== 'Escape')) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) this.marked = (this.at + step + this.options.length) % this.options.length;
    else if (event.key === 'Enter' || event.key === 'Tab') void this.choose(this.options[this.at]!, event.currentTarget);
    else if (event.key === 'Escape') {
      this.refused = this.asked.from;
      this.asked = null;
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  async choose(person: Named, box: HTMLTextAreaElement): Promise<void> {
    if (!this.asked) return;
    const { from, query } = this.asked;
    const before = `${box.value.slice(0, from)}@${handles(this.people()).get(person.id) ?? person.name} `;
    const after = box.value.slice(from + 1 + query.length).replace(/^ /, '');
    this.asked = null;
    this.write(before + after);
    await tick();
    box.focus();
    box.setSelectionRange(before.length, before.length);
  }
}
