/** Answers and notes on their way: handed to the outbox, sent once, given back to the composer where they cannot be sent. */
import { ApiProblem } from '@recado/shared/api.ts';
import { Outbox, type Outcome, type Pending } from '@recado/shared/thread.ts';
import type { ConversationRow, Entry, Mode } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { joined, NO_WORDS, type Words } from './words.ts';

interface Answer {
  entry: Entry;
  conversation: ConversationRow;
}

/** What a note carries beside its text; an answer carries nothing. */
export interface NoteExtra {
  kind: 'note';
  mentions: readonly number[];
}

export type Sending = Pending<NoteExtra | null>;

export interface SenderEvents {
  onSent: (answer: Answer) => void;
  /** Somebody else attends it: `words` is what was not sent. */
  onTaken: (conversation: number, operator: number, words: Words) => void;
}

export class Sender {
  private readonly outbox: Outbox<NoteExtra | null>;
  private readonly events: SenderEvents;
  items = $state.raw<readonly Sending[]>([]);

  constructor(me: number, events: SenderEvents) {
    this.events = events;
    this.outbox = new Outbox<NoteExtra | null>({
      scope: `console:${me}`,
      send: (item) => this.attempt(item),
      onChange: (items) => (this.items = items),
    });
  }

  of(conversation: number): readonly Sending[] {
    return this.items.filter((item) => item.thread === String(conversation));
  }

  /** `mentions` null: an answer; otherwise a note that names these. */
  send(conversation: number, body: string, mentions: readonly number[] | null = null): void {
    this.outbox.add(String(conversation), body, mentions && { kind: 'note', mentions });
  }

  retry = (id: string): void => this.outbox.retry(id);
  take = (id: string): string => this.outbox.take(id) ?? '';
  settle = (entries: readonly Entry[]): void => this.outbox.settle(entries.map((entry) => entry.client_id));
  resume = (): void => this.outbox.resume();
  close = (): void => this.outbox.close();

  /** Takes back all that is still on its way to a conversation. */
  takeAll(conversation: number): Words {
    const items = this.of(conversation);
    const taken = (mode: Mode): string =>
      joined(...items.filter((item) => modeOf(item) === mode).map((item) => this.take(item.id)));
    return { answer: taken('answer'), note: taken('note') };
  }

  private async attempt(item: Sending): Promise<Outcome> {
    const id = Number(item.thread);
    try {
      const body = { client_id: item.id, body: item.body, kind: 'public', ...item.extra };
      this.events.onSent(await call<Answer>('POST', `/conversations/${id}/messages`, body));
      return { kind: 'sent' };
    } catch (error) {
      return this.outcome(id, item, error);
    }
  }

  private outcome(id: number, item: Sending, error: unknown): Outcome {
    // Signed out instead of in again: it stays for when its writer is back.
    if (!(error instanceof ApiProblem) || error.code === 'unauthenticated') return { kind: 'retry' };
    if (error.passing)
      return error.retryAfter ? { kind: 'retry', afterMs: error.retryAfter * 1000 } : { kind: 'retry' };
    if (error.code !== 'taken') return { kind: 'refused', reason: reasonOf(error) };
    const operator = (error.extra.operator as { id: number } | undefined)?.id ?? 0;
    // The event may have told it first, and the text been taken back then.
    const still = this.items.some((other) => other.id === item.id);
    this.events.onTaken(id, operator, { ...NO_WORDS, [modeOf(item)]: still ? item.body : '' });
    return { kind: 'withdrawn' };
  }
}

export const modeOf = (item: Sending): Mode => (item.extra === null ? 'answer' : 'note');

/** Somebody who is named may have stopped reading the conversation while the note was on its way. */
function reasonOf(error: ApiProblem): string {
  return error.errors.some(({ field }) => field === 'mentions') ? 'mentions' : error.code;
}
