/**
 * How the outbox keeps its messages, and what else it needs of the browser.
 */
import { hearTabs, openShelf, type KeyStore, type Shelf, type Taken } from './outbox-shelf.ts';
export { sweep, type KeyStore } from './outbox-shelf.ts';

/** Where tabs cannot lock: how long one has for an attempt before another may try. */
const LEASE_MS = 30_000;

/** `asking`: too old to be sent without a word; `failed`: refused for good, the text is kept. */
export type PendingState = 'waiting' | 'sending' | 'failed' | 'asking';

export interface Pending<T> {
  /** The client id. */
  readonly id: string;
  /** Those of one thread go one after the other. */
  readonly thread: string;
  readonly body: string;
  /** What else the request needs; kept as JSON. */
  readonly extra: T;
  /** Milliseconds; when it was written, or last confirmed. */
  readonly at: number;
  readonly state: PendingState;
  /** Why it failed: the server's code. */
  readonly reason: string | null;
}

/** The outside world, replaceable in tests. */
export interface OutboxWorld {
  readonly now: () => number;
  readonly setTimeout: (run: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
  readonly random: () => number;
  /** Where messages lie until they are sent. */
  readonly shelf: () => Promise<Shelf>;
  /** Runs while no other tab holds the same name, and says whether that is certain. */
  readonly locked: (name: string, run: (alone: boolean) => Promise<void>) => Promise<void>;
  /** Calls back when another tab has changed the storage, and when the network is back. */
  readonly watch: (told: (what: 'changed' | 'online') => void) => () => void;
}

/** A random UUID, also where the page is not a secure context and `randomUUID` is missing. */
export function newClientId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  // Ones and zeros become any digit, and the 8 one of 8 to b.
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) => {
    const random = crypto.getRandomValues(new Uint8Array(1))[0] ?? 0;
    return (Number(digit) ^ (random & (15 >> (Number(digit) / 4)))).toString(16);
  });
}

/** The real browser. `texts` is for where it gives no database; null where it gives nothing at all. */
export function browserOutboxWorld(texts: KeyStore | null = findStorage()): OutboxWorld {
  return {
    now: () => Date.now(),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as number),
    random: () => Math.random(),
    shelf: () => openShelf(texts),
    locked: holdLock,
    watch: watchTabs,
  };
}

function watchTabs(told: (what: 'changed' | 'online') => void): () => void {
  const changed = (): void => told('changed');
  const online = (): void => told('online');
  const unheard = hearTabs(changed);
  addEventListener('storage', changed);
  addEventListener('online', online);
  return () => {
    unheard();
    removeEventListener('storage', changed);
    removeEventListener('online', online);
  };
}

/** Alone among the tabs where the browser allows that; it may lack locks (plain http) or deny them (a frame on another site). */
async function holdLock(name: string, run: (alone: boolean) => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  let begun = false;
  const begin = (): Promise<void> => {
    begun = true;
    return run(true);
  };
  try {
    // Whoever holds it longer than an attempt lasts is asleep: then as where tabs cannot lock.
    await locks?.request(name, { signal: AbortSignal.timeout(LEASE_MS) }, begin);
  } catch (problem) {
    if (begun) throw problem;
  }
  if (!begun) await run(false);
}

/** The page's own storage, or null where reading it is forbidden. */
export function findStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/**
 * The messages of one outbox on a shelf, each under a key of its own, so that tabs never overwrite a list. What is put and
 * removed here is done in that order; a shelf that is full or forbidden leaves them in the page's memory alone.
 */
export class Keep<T> {
  readonly #world: OutboxWorld;
  readonly #prefix: string;
  readonly #owner = newClientId();
  readonly #shelf: Promise<Shelf>;
  #last: Promise<unknown>;
  /** Those that lie on the shelf, and those that this tab has taken from it. */
  readonly #known = new Set<string>();
  readonly #removed = new Set<string>();

  constructor(world: OutboxWorld, prefix: string) {
    this.#world = world;
    this.#prefix = prefix;
    this.#shelf = world.shelf();
    this.#last = this.#shelf;
  }

  /** In the order in which they were written. Rejects where it cannot be known what lies there. */
  async all(): Promise<Pending<T>[]> {
    await this.#last;
    const lying = await (await this.#shelf).all(this.#prefix);
    const found = lying.map((thing) => whole<T>(thing)).filter((item) => item !== null && !this.#removed.has(item.id));
    for (const item of found) this.#known.add(item!.id);
    return (found as Pending<T>[]).sort((a, b) => a.at - b.at || a.id.localeCompare(b.id));
  }

  put(item: Pending<T>): void {
    this.#then(async (shelf) => {
      await shelf.put(this.#prefix + item.id, JSON.parse(JSON.stringify(item)) as object);
      this.#known.add(item.id);
    });
  }

  remove(id: string): void {
    this.#removed.add(id);
    this.#then((shelf) => shelf.remove(this.#prefix + id));
  }

  /** Removes all whose keys begin so; rejects where something may still lie there. */
  async clear(prefix = this.#prefix): Promise<void> {
    await this.#last;
    await (await this.#shelf).remove(prefix);
  }

  /** Whether this tab may send it: `gone` where another has sent it or thrown it away, `held` where another is sending it. */
  async take(id: string, alone: boolean): Promise<Taken> {
    await this.#last;
    if (!this.#known.has(id)) return 'mine';
    const now = this.#world.now();
    const lease = alone ? null : { owner: this.#owner, now, until: now + LEASE_MS };
    return (await this.#shelf).take(this.#prefix + id, lease).catch((): Taken => 'mine');
  }

  #then(act: (shelf: Shelf) => Promise<void>): void {
    this.#last = this.#last.then(() => this.#shelf.then(act)).catch(() => undefined);
  }
}

function whole<T>(thing: unknown): Pending<T> | null {
  const item = thing as Partial<Pending<T>> | null;
  const fits = typeof item?.id === 'string' && typeof item.body === 'string' && typeof item.at === 'number';
  return fits && typeof item.thread === 'string' ? { ...(item as Pending<T>), state: settled(item.state) } : null;
}

/** A page that ended while sending left nobody to say how it went: the same id is tried again. */
function settled(state: PendingState | undefined): PendingState {
  return state === 'failed' || state === 'asking' ? state : 'waiting';
}
