/** Naming a colleague while a note is written: whom the list offers, and what a choice writes. */
import type { Named } from '@recado/shared/wire.ts';
import { askedAt, handles, matching } from '../../state/mentions.ts';
import { Completing, type Asked, type Box } from './completing.svelte.ts';

const SHOWN = 8;

export class Mentioning extends Completing<Named> {
  private readonly people: () => readonly Named[];
  protected readonly write: (text: string) => void;

  constructor(people: () => readonly Named[], write: (text: string) => void) {
    super();
    this.people = people;
    this.write = write;
  }

  protected askedAt(text: string, caret: number): Asked | null {
    return askedAt(text, caret);
  }

  protected offer(query: string): Named[] {
    return matching(this.people(), query).slice(0, SHOWN);
  }

  /** Why nothing is offered where a name is being written; null otherwise. */
  get empty(): 'mention.nobody' | 'mention.noMatch' | null {
    if (this.asked === null || this.open) return null;
    return this.people().length === 0 ? 'mention.nobody' : 'mention.noMatch';
  }

  choose(person: Named, box: Box): void {
    void this.put(`@${handles(this.people()).get(person.id) ?? person.name} `, box);
  }
}
