/** What the next message or note of a conversation answers to: kept while one is elsewhere on this page, as what one writes is. */
import type { Entry, Mode } from '@recado/shared/wire.ts';

/** By conversation, the number of its entry: no words of a customer outlast the thread. */
const kept = new Map<number, number>();

export class Quotation {
  private readonly conversation: number;
  private current = $state.raw<Entry | null>(null);

  constructor(conversation: number) {
    this.conversation = conversation;
  }

  get entry(): Entry | null {
    return this.current;
  }

  set entry(entry: Entry | null) {
    this.current = entry;
    if (entry) kept.set(this.conversation, entry.seq);
    else kept.delete(this.conversation);
  }

  /** What it was, as it is by now; nothing where it has gone or is not among these. */
  restore(entries: readonly Entry[]): void {
    const seq = kept.get(this.conversation);
    this.current = entries.find((entry) => entry.seq === seq && entry.gone === null) ?? null;
  }

  /** What is being answered; a note in notes alone, since no customer may read it. */
  in(mode: Mode): Entry | null {
    return mode === 'answer' && this.current?.kind === 'note' ? null : this.current;
  }

  /** The same to be sent along, once. */
  take(mode: Mode): { quote?: number } {
    const seq = this.in(mode)?.seq;
    this.entry = null;
    return seq === undefined ? {} : { quote: seq };
  }
}
