/**
 * A conversation with a customer that does not exist yet: it lies in this browser alone, and nobody hears of it, the server
 * neither, until it is created by its first message.
 */
import { newClientId } from '@recado/shared/thread.ts';
import type { ConversationRow } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { KeptHere } from './kept-here.ts';
import type { Answer } from './sender.svelte.ts';

/** Whom it will be with, by a conversation with them that has ended. */
export interface Addressee {
  readonly known: number;
  readonly name: string | null;
  readonly seed: number;
  readonly department: string;
}

interface Kept {
  readonly to: Addressee | null;
  readonly body: string;
}

const EMPTY: Kept = { to: null, body: '' };
const keptFor = (me: number): KeptHere<Kept> => new KeptHere('new-chat', me);

/** For signing out: what would be lost, and that nothing of it stays in this browser. */
export const newChatBody = (me: number): string => keptFor(me).read()?.body ?? '';

export function forgetNewChat(me: number): void {
  keptFor(me).drop();
  if (one?.me === me) one = null;
}

export class NewChat {
  readonly me: number;
  private readonly here: KeptHere<Kept>;
  private kept = $state.raw<Kept | null>(null);
  /** It is on its way. */
  busy = $state(false);
  /** The same however often it is tried: it is created once. */
  private id = newClientId();

  constructor(me: number) {
    this.me = me;
    this.here = keptFor(me);
    this.kept = this.here.read();
  }

  /** There is one. */
  get there(): boolean {
    return this.kept !== null;
  }

  get to(): Addressee | null {
    return this.kept?.to ?? null;
  }

  get body(): string {
    return this.kept?.body ?? '';
  }

  set body(body: string) {
    this.put({ to: this.to, body });
  }

  /** It is shown: begun, or gone on with. */
  begin(): void {
    if (this.kept === null) this.put(EMPTY);
  }

  /** It will be with the customer of this one; null: with nobody yet. */
  address(row: ConversationRow | null): void {
    const to = row && { known: row.id, name: row.customer.name, seed: row.customer.id ?? row.id, department: row.department.name };
    this.put({ to, body: this.body });
  }

  /** Without a trace. */
  discard(): void {
    this.kept = null;
    this.id = newClientId();
    this.here.drop();
  }

  /** Stores it. Rejects where it was refused or could not be told; then it is still here. */
  async create(): Promise<Answer> {
    this.busy = true;
    try {
      const asked = { client_id: this.id, body: this.body.trim() };
      const sent = await call<Answer>('POST', `/conversations/${this.to!.known}/new`, asked);
      this.discard();
      return sent;
    } finally {
      this.busy = false;
    }
  }

  private put(kept: Kept): void {
    this.kept = kept;
    this.id = newClientId();
    this.here.write(kept);
  }
}

let one: NewChat | null = null;

/** Mine. */
export function newChatOf(me: number): NewChat {
  if (one?.me !== me) one = new NewChat(me);
  return one;
}
