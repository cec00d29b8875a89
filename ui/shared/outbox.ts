/**
 * Messages on their way: kept until the server has them, sent once, in order.
 *
 * Each has an id made here, under which the server takes it once however often it is sent; so every doubt (no answer, a
 * closed page, a second tab) is settled by sending it again. It lies in the browser's database under a key of its own
 * (`outbox-shelf.ts`) and survives a reload. One is sent at a time for each thread, and whatever follows waits for it.
 *
 * Two tabs share what lies there. Where the browser has Web Locks, a thread's turn is held by one tab; where they are missing
 * or denied, a tab takes each message for a while, in one transaction. Whoever's turn it is looks first whether the message
 * still lies there. None of it is waited for without end: a message then goes from memory. Should two ever send the same id,
 * the server's answer is the same message twice, and the echo removes what is pending: one bubble is left.
 */
import { browserOutboxWorld, Keep, newClientId, type OutboxWorld, type Pending } from './outbox-keep.ts';
export type { Pending, PendingState } from './outbox-keep.ts';
export { newClientId } from './outbox-keep.ts';

/** How an attempt ended. `retry`: nobody knows or not now; `refused`: the same request will never succeed; `withdrawn`: the sender has taken the text back. */
export type Outcome =
  { kind: 'sent' } | { kind: 'withdrawn' } | { kind: 'retry'; afterMs?: number } | { kind: 'refused'; reason: string };

export interface OutboxOptions<T> {
  /** Distinguishes what shares the storage: the inbox, the operator. */
  readonly scope: string;
  /** Makes one attempt. Must not throw; a throw counts as `retry`. */
  readonly send: (item: Pending<T>) => Promise<Outcome>;
  /** The items in order, whenever they change. */
  readonly onChange: (items: readonly Pending<T>[]) => void;
}

/** Older ones are not sent without asking: who wrote "I am at the door" an hour ago no longer is. */
export const ASK_AFTER_MS = 30 * 60_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** When a connection is back, all pages have it back: they do not send in the same moment. */
const JITTER_MS = 1_000;
/** Another tab is sending it. */
const HELD_MS = 5_000;

export class Outbox<T> {
  readonly #options: OutboxOptions<T>;
  readonly #world: OutboxWorld;
  readonly #unwatch: () => void;
  #items: readonly Pending<T>[] = [];
  readonly #busy = new Set<string>();
  readonly #pauses = new Map<string, { timer: unknown; failures: number }>();
  readonly #keep: Keep<T>;
  #lastAt = 0;
  #closed = false;
  /** Those that lay there when it was last looked: what is missing next time has gone elsewhere. */
  #seen = new Set<string>();

  constructor(options: OutboxOptions<T>, world: OutboxWorld = browserOutboxWorld()) {
    this.#options = options;
    this.#world = world;
    this.#keep = new Keep(world, `recado:out:${options.scope}:`);
    this.#unwatch = world.watch((what) => (what === 'online' ? this.resume() : void this.#sync()));
    void this.#sync();
  }

  /** Keeps `body` for `thread` and sends it as soon as its turn comes. Gives its client id, which may have been made before. */
  add(thread: string, body: string, extra: T, id = newClientId()): string {
    // Two in the same millisecond keep their order, also after a reload.
    this.#lastAt = Math.max(this.#world.now(), this.#lastAt + 1);
    const item = { id, thread, body, extra, at: this.#lastAt, state: 'waiting', reason: null } as const;
    this.#keep.put(item);
    this.#change([...this.#items, item]);
    void this.#drain(thread);
    return item.id;
  }

  /** Sends a failed one again, or an old one after all, under the same id. */
  retry(id: string): void {
    const item = this.#find(id);
    if (item === undefined) return;
    this.#put({ ...item, at: this.#world.now(), state: 'waiting', reason: null });
    this.#clear(item.thread);
    void this.#drain(item.thread);
  }

  /** Removes one and gives its text back, for the box it came from. */
  take(id: string): string | null {
    const item = this.#find(id);
    this.#forget([id]);
    return item?.body ?? null;
  }

  /** Removes those that have come back as entries. */
  settle(clientIds: readonly (string | null)[]): void {
    const echoed = clientIds.filter((id): id is string => id !== null && this.#find(id) !== undefined);
    if (echoed.length > 0) this.#forget(echoed);
  }

  /** The connection is back: nothing waits out its pause, and what has waited goes within a second. */
  resume(): void {
    for (const [thread, { timer }] of [...this.#pauses]) {
      if (timer !== undefined) this.#pause(thread, this.#world.random() * JITTER_MS);
    }
    void this.#sync();
  }

  /** Throws all of it away, with what lies under other keys that begin so; rejects where something may still lie there. */
  clear(prefix: string): Promise<void> {
    this.#change([]);
    return this.#keep.clear(prefix);
  }

  close(): void {
    this.#closed = true;
    this.#unwatch();
    for (const thread of [...this.#pauses.keys()]) this.#clear(thread);
  }

  /** Takes over what another tab has added, sent or given up. Where that cannot be known, all stays as it is. */
  async #sync(): Promise<void> {
    const lying = await this.#keep.all().catch(() => null);
    if (this.#closed) return;
    if (lying) this.#meet(lying);
    this.#drainAll();
  }

  #meet(lying: readonly Pending<T>[]): void {
    // What this tab is sending just now, or has added since, or could not store, is known here alone.
    for (const { id, state } of this.#items)
      if (state === 'waiting' && this.#seen.has(id) && !lying.some((item) => item.id === id)) this.#part(id);
    const own = this.#items.filter((item) => item.state === 'sending' || !this.#seen.has(item.id));
    const ids = new Set(own.map((item) => item.id));
    this.#seen = new Set(lying.map((item) => item.id));
    const merged = [...own, ...lying.filter((item) => !ids.has(item.id))];
    this.#change(merged.sort((a, b) => a.at - b.at || a.id.localeCompare(b.id)));
  }

  #drainAll(): void {
    for (const thread of new Set(this.#items.map((item) => item.thread))) void this.#drain(thread);
  }

  async #drain(thread: string): Promise<void> {
    if (this.#closed || this.#busy.has(thread) || this.#next(thread) === undefined) return;
    this.#busy.add(thread);
    let more = true;
    try {
      await this.#world.locked(`recado:turn:${this.#options.scope}:${thread}`, async (alone) => {
        let item = this.#next(thread);
        while (more && item !== undefined) {
          more = await this.#attempt(item, alone);
          item = this.#next(thread);
        }
      });
    } finally {
      this.#busy.delete(thread);
    }
    // One that was added while the lock was being given back.
    if (more && this.#next(thread) !== undefined) void this.#drain(thread);
  }

  /** The one whose turn it is; undefined where there is none or the thread pauses. */
  #next(thread: string): Pending<T> | undefined {
    if (this.#closed || this.#pauses.get(thread)?.timer !== undefined) return undefined;
    return this.#items.find((item) => item.thread === thread && item.state === 'waiting');
  }

  /** One attempt; false when the thread must pause. */
  async #attempt(item: Pending<T>, alone: boolean): Promise<boolean> {
    const taken = await this.#keep.take(item.id, alone);
    if (this.#closed) return false;
    // Taken back, or echoed, while it was looked up.
    if (this.#find(item.id)?.state !== 'waiting') return true;
    if (taken === 'gone') {
      this.#part(item.id);
      return true;
    }
    if (taken === 'held') {
      this.#pause(item.thread, HELD_MS);
      return false;
    }
    if (this.#world.now() - item.at > ASK_AFTER_MS) {
      this.#put({ ...item, state: 'asking' });
      return true;
    }
    this.#mark(item.id);
    const outcome = await this.#options.send(item).catch((): Outcome => ({ kind: 'retry' }));
    if (this.#closed) return false;
    return this.#conclude(item, outcome);
  }

  #mark(id: string): void {
    this.#change(this.#items.map((item) => (item.id === id ? { ...item, state: 'sending' } : item)));
  }

  /** Another tab has sent it: here it is shown until it comes back as an entry, or is long overdue. */
  #part(id: string): void {
    this.#mark(id);
    this.#world.setTimeout(() => this.#change(this.#items.filter((item) => item.id !== id)), LONGEST_PAUSE_MS);
  }

  #conclude(item: Pending<T>, outcome: Outcome): boolean {
    if (outcome.kind === 'sent' || outcome.kind === 'withdrawn') {
      this.#pauses.delete(item.thread);
      this.#forget([item.id]);
      return true;
    }
    // Its echo may have come while the answer was lost.
    if (this.#find(item.id) === undefined) return true;
    if (outcome.kind === 'refused') {
      this.#put({ ...item, state: 'failed', reason: outcome.reason });
      return true;
    }
    this.#put({ ...item, state: 'waiting' });
    this.#pause(item.thread, outcome.afterMs);
    return false;
  }

  #clear(thread: string): void {
    this.#world.clearTimeout(this.#pauses.get(thread)?.timer);
    this.#pauses.delete(thread);
  }

  #pause(thread: string, afterMs: number | undefined): void {
    this.#world.clearTimeout(this.#pauses.get(thread)?.timer);
    const failures = (this.#pauses.get(thread)?.failures ?? 0) + 1;
    const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures, 5));
    const ms = afterMs ?? most * (0.5 + this.#world.random() / 2);
    const timer = this.#world.setTimeout(() => {
      this.#pauses.set(thread, { timer: undefined, failures });
      void this.#drain(thread);
    }, ms);
    this.#pauses.set(thread, { timer, failures });
  }

  #find(id: string): Pending<T> | undefined {
    return this.#items.find((item) => item.id === id);
  }

  #put(item: Pending<T>): void {
    this.#keep.put(item);
    this.#change(this.#items.map((other) => (other.id === item.id ? item : other)));
  }

  #forget(ids: readonly string[]): void {
    for (const id of ids) this.#keep.remove(id);
    this.#change(this.#items.filter((item) => !ids.includes(item.id)));
  }

  #change(items: readonly Pending<T>[]): void {
    this.#items = items;
    this.#options.onChange(items);
  }
}
