/** Answers on their way: handed to the outbox, sent once, given back to the composer where they cannot be sent. */
import { ApiProblem } from '@recado/shared/api.ts';
import { Outbox, type Outcome, type Pending } from '@recado/shared/thread.ts';
import type { ConversationRow, Entry } from '@recado/shared/wire.ts';
import { call } from './backend.ts';

interface Answer {
  entry: Entry;
  conversation: ConversationRow;
}

export interface SenderEvents {
  onSent: (answer: Answer) => void;
  /** Somebody else attends it: `words` is what was not sent. */
  onTaken: (conversation: number, operator: number, words: string) => void;
}

export class Sender {
  private readonly outbox: Outbox<null>;
  private readonly events: SenderEvents;
  items = $state.raw<readonly Pending<null>[]>([]);

  constructor(me: number, events: SenderEvents) {
    this.events = events;
    this.outbox = new Outbox<null>({
      scope: `console:${me}`,
      send: (item) => this.attempt(item),
      onChange: (items) => (this.items = items),
    });
  }

  of(conversation: number): readonly Pending<null>[] {
    return this.items.filter((item) => item.thread === String(conversation));
  }

  send(conversation: number, body: string): void {
    this.outbox.add(String(conversation), body, null);
  }

  retry = (id: string): void => this.outbox.retry(id);
  take = (id: string): string => this.outbox.take(id) ?? '';
  settle = (entries: readonly Entry[]): void => this.outbox.settle(entries.map((entry) => entry.client_id));
  resume = (): void => this.outbox.resume();
  close = (): void => this.outbox.close();

  /** Takes back all that is still on its way to a conversation, as one text. */
  takeAll(conversation: number): string {
    return this.of(conversation)
      .map((item) => this.take(item.id))
      .join('\n\n');
  }

  private async attempt(item: Pending<null>): Promise<Outcome> {
    const id = Number(item.thread);
    try {
      const body = { client_id: item.id, body: item.body, kind: 'public' };
      this.events.onSent(await call<Answer>('POST', `/conversations/${id}/messages`, body));
      return { kind: 'sent' };
    } catch (error) {
      return this.outcome(id, item, error);
    }
  }

  private outcome(id: number, item: Pending<null>, error: unknown): Outcome {
    // Signed out instead of in again: it stays for when its writer is back.
    if (!(error instanceof ApiProblem) || error.code === 'unauthenticated') return { kind: 'retry' };
    if (error.passing)
      return error.retryAfter ? { kind: 'retry', afterMs: error.retryAfter * 1000 } : { kind: 'retry' };
    if (error.code !== 'taken') return { kind: 'refused', reason: error.code };
    const operator = (error.extra.operator as { id: number } | undefined)?.id ?? 0;
    // The event may have told it first, and the text been taken back then.
    const still = this.items.some((other) => other.id === item.id);
    this.events.onTaken(id, operator, still ? item.body : '');
    return { kind: 'withdrawn' };
  }
}
