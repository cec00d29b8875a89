/** A conversation with a customer that does not exist yet. */
import type { ConversationRow } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import type { Answer } from './sender.svelte.ts';
import { Unborn, type Born } from './unborn.svelte.ts';

/** Whom it will be with, by a conversation with them that has ended. */
export interface Addressee {
  readonly known: number;
  readonly name: string | null;
  readonly seed: number;
  readonly department: string;
}

interface Chat {
  readonly to: Addressee | null;
  readonly body: string;
}

export class NewChat extends Unborn<Chat> {
  constructor(me: number) {
    super('new-chat', me, { to: null, body: '' });
  }

  get to(): Addressee | null {
    return this.words.to;
  }

  /** It will be with the customer of this one; null: with nobody yet. */
  address(row: ConversationRow | null): void {
    const to = row && { known: row.id, name: row.customer.name, seed: row.customer.id ?? row.id, department: row.department.name };
    this.put({ ...this.words, to });
  }

  create(): Promise<Born<Answer>> {
    return this.bear(({ to, body }, client_id) => call('POST', `/conversations/${to!.known}/new`, { client_id, body: body.trim() }));
  }
}
