/**
 * Where the outbox keeps its messages, and what else it needs of the browser.
 */

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

/** As much of the browser's `Storage` as is needed; a page that is denied it may bring its own. */
export type KeyStore = Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>;

/** The outside world, replaceable in tests. */
export interface OutboxWorld {
  readonly now: () => number;
  readonly setTimeout: (run: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
  readonly random: () => number;
  /** Null where the browser gives none: then nothing survives a reload. */
  readonly storage: KeyStore | null;
  /** Runs while no other tab holds the same name. */
  readonly locked: (name: string, run: () => Promise<void>) => Promise<void>;
  /** Calls back when another tab has changed the storage, and when the network is back. */
  readonly watch: (told: (what: 'changed' | 'online') => void) => () => void;
}

/** A random UUID, also where the page is not a secure context and `randomUUID` is missing. */
export function newClientId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The real browser. */
export function browserOutboxWorld(): OutboxWorld {
  return {
    now: () => Date.now(),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as number),
    random: () => Math.random(),
    storage: findStorage(),
    locked: holdLock,
    watch: watchTabs,
  };
}

function watchTabs(told: (what: 'changed' | 'online') => void): () => void {
  const changed = (): void => told('changed');
  const online = (): void => told('online');
  addEventListener('storage', changed);
  addEventListener('online', online);
  return () => {
    removeEventListener('storage', changed);
    removeEventListener('online', online);
  };
}

/** Alone among the tabs where the browser allows that; it may lack locks (plain http) or deny them (a frame on another site). */
async function holdLock(name: string, run: () => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  let begun = false;
  const begin = (): Promise<void> => {
    begun = true;
    return run();
  };
  try {
    await locks?.request(name, begin);
  } catch (problem) {
    if (begun) throw problem;
  }
  if (!begun) await run();
}

/** The page's own storage, or null where reading it is forbidden. */
export function findStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** The messages of one outbox in the page's storage, each under a key of its own, so that tabs never overwrite a list. */
export class Keep<T> {
  private readonly storage: KeyStore | null;
  private readonly prefix: string;
  /** Those that this tab has seen in the storage. */
  private readonly known = new Set<string>();

  constructor(storage: KeyStore | null, prefix: string) {
    this.storage = storage;
    this.prefix = prefix;
  }

  /** In the order in which they were written. */
  all(): Pending<T>[] {
    const found: Pending<T>[] = [];
    for (let index = 0; index < (this.storage?.length ?? 0); index += 1) {
      const key = this.storage?.key(index) ?? '';
      const item = key.startsWith(this.prefix) ? this.read(key) : null;
      if (item === null) continue;
      this.known.add(item.id);
      found.push(item);
    }
    return found.sort((a, b) => a.at - b.at || a.id.localeCompare(b.id));
  }

  put(item: Pending<T>): void {
    try {
      this.storage?.setItem(this.prefix + item.id, JSON.stringify(item));
      if (this.storage !== null) this.known.add(item.id);
    } catch {
      // Full or forbidden: it then lives as long as the page.
    }
  }

  remove(id: string): void {
    this.storage?.removeItem(this.prefix + id);
  }

  /** False where it exists in memory alone. */
  stored(id: string): boolean {
    return this.known.has(id);
  }

  /** True where another tab has sent it or thrown it away. */
  goneElsewhere(id: string): boolean {
    return this.known.has(id) && this.storage?.getItem(this.prefix + id) === null;
  }

  private read(key: string): Pending<T> | null {
    try {
      const item = JSON.parse(this.storage?.getItem(key) ?? 'null') as Partial<Pending<T>> | null;
      const whole = typeof item?.id === 'string' && typeof item.body === 'string' && typeof item.at === 'number';
      return whole && typeof item.thread === 'string' ? { ...(item as Pending<T>), state: settled(item.state) } : null;
    } catch {
      return null;
    }
  }
}

/** A page that ended while sending left nobody to say how it went: the same id is tried again. */
function settled(state: PendingState | undefined): PendingState {
  return state === 'failed' || state === 'asking' ? state : 'waiting';
}
