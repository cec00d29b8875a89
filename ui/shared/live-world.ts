/** What the live connection needs of the world around it: clock, chance, sockets, and word of sleep and network. */

/** A frame from the server, as parsed from JSON. */
export interface LiveEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The outside world, replaceable in tests. */
export interface LiveWorld {
  readonly now: () => number;
  readonly setTimeout: (run: () => void, ms: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
  readonly random: () => number;
  readonly socket: (url: string) => WebSocket;
  /** Calls back when the browser says that the network or the page is back (`wake`) or that the network went (`offline`). */
  readonly watch: (told: (what: 'wake' | 'offline') => void) => () => void;
}

/** The real browser. */
export function browserWorld(): LiveWorld {
  return {
    now: () => Date.now(),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as number),
    random: () => Math.random(),
    socket: (url) => new WebSocket(new URL(url, location.href.replace(/^http/, 'ws'))),
    watch: watchBrowser,
  };
}

function watchBrowser(told: (what: 'wake' | 'offline') => void): () => void {
  const online = (): void => told('wake');
  const offline = (): void => told('offline');
  const seen = (): void => {
    if (document.visibilityState === 'visible') told('wake');
  };
  addEventListener('online', online);
  addEventListener('offline', offline);
  addEventListener('pageshow', online);
  document.addEventListener('visibilitychange', seen);
  return () => {
    removeEventListener('online', online);
    removeEventListener('offline', offline);
    removeEventListener('pageshow', online);
    document.removeEventListener('visibilitychange', seen);
  };
}

/** Named timers: setting one replaces it, and none is left behind. */
export class Timers {
  readonly #world: LiveWorld;
  readonly #running = new Map<string, unknown>();

  constructor(world: LiveWorld) {
    this.#world = world;
  }

  set(name: string, ms: number, run: () => void): void {
    this.clear(name);
    const timer = this.#world.setTimeout(() => {
      this.#running.delete(name);
      run();
    }, ms);
    this.#running.set(name, timer);
  }

  has(name: string): boolean {
    return this.#running.has(name);
  }

  clear(...names: string[]): void {
    for (const name of names) {
      this.#world.clearTimeout(this.#running.get(name));
      this.#running.delete(name);
    }
  }

  clearAll(): void {
    this.clear(...this.#running.keys());
  }
}

/** `work`, or a rejection after `ms`: a promise that never settles must not hold a connection for ever. */
export async function within<T>(world: LiveWorld, ms: number, work: Promise<T>): Promise<T> {
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    timer = world.setTimeout(() => reject(new Error('late')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    world.clearTimeout(timer);
  }
}

/** The event in a frame, or null for what is none. */
export function parseFrame(data: unknown): LiveEvent | null {
  try {
    const event: unknown = JSON.parse(String(data));
    return typeof event === 'object' && event !== null && 'type' in event ? (event as LiveEvent) : null;
  } catch {
    return null;
  }
}
