/**
 * A direct conversation that does not exist yet: it lies in this browser alone, and nobody hears of it, the server neither,
 * until it is created by its first message.
 */
import { newClientId } from '@recado/shared/thread.ts';
import type { DirectItem, DirectSent } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { KeptHere } from './kept-here.ts';

interface Kept {
  people: readonly number[];
  name: string;
  body: string;
}

const EMPTY: Kept = { people: [], name: '', body: '' };

const keptFor = (me: number): KeptHere<Kept> => new KeptHere('new-talk', me);

/** For signing out: what would be lost, and that nothing of it stays in this browser. */
export const newTalkBody = (me: number): string => keptFor(me).read()?.body ?? '';
export const forgetNewTalk = (me: number): void => keptFor(me).drop();

export class NewTalk {
  private readonly here: KeptHere<Kept>;
  private kept = $state.raw<Kept | null>(null);
  /** What the same people have already: offered, never forced. */
  offered = $state.raw<readonly DirectItem[]>([]);
  /** It is on its way. */
  busy = $state(false);
  /** The same however often it is tried: it is created once. */
  private id = newClientId();
  private asked = 0;

  constructor(me: number) {
    this.here = keptFor(me);
    this.kept = this.here.read();
  }

  /** There is one. */
  get there(): boolean {
    return this.kept !== null;
  }

  get people(): readonly number[] {
    return this.kept?.people ?? [];
  }

  get name(): string {
    return this.kept?.name ?? '';
  }

  set name(name: string) {
    this.put({ ...(this.kept ?? EMPTY), name });
  }

  get body(): string {
    return this.kept?.body ?? '';
  }

  set body(body: string) {
    this.put({ ...(this.kept ?? EMPTY), body });
  }

  /** It is shown: begun, or gone on with. */
  begin(): void {
    if (this.kept === null) this.put(EMPTY);
    else void this.look();
  }

  add(...people: readonly number[]): void {
    const all = [...new Set([...this.people, ...people])];
    this.put({ ...(this.kept ?? EMPTY), people: all });
    void this.look();
  }

  remove(person: number): void {
    this.put({ ...(this.kept ?? EMPTY), people: this.people.filter((one) => one !== person) });
    void this.look();
  }

  /** Without a trace. */
  discard(): void {
    this.asked += 1;
    this.kept = null;
    this.offered = [];
    this.id = newClientId();
    this.here.drop();
  }

  /** Stores it. Rejects where it was refused or could not be told; then it is still here. */
  async create(): Promise<DirectSent> {
    this.busy = true;
    try {
      const name = this.name.trim() === '' ? null : this.name.trim();
      const asked = { client_id: this.id, people: this.people, body: this.body.trim(), name };
      const sent = await call<DirectSent>('POST', '/directs', asked);
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

  /** Nobody is signed in: what was said in others is not offered. */
  veil(): void {
    this.asked += 1;
    this.offered = [];
  }

  private async look(): Promise<void> {
    const asked = (this.asked += 1);
    this.offered = [];
    if (this.people.length === 0) return;
    const query = this.people.map((id) => `people=${id}`).join('&');
    const found = await call<DirectItem[]>('GET', `/directs/with?${query}`).catch(() => []);
    if (asked === this.asked) this.offered = found;
  }
}
