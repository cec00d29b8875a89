/**
 * The live connection: one socket to the server that looks after itself.
 *
 * Here: opening, the order "hello, then fetch, then events", the heartbeat, coming back after a loss, and polling
 * where sockets do not get through. Not here: what the events mean (`thread.ts` and each page's state).
 *
 * Why fetch *after* hello: from hello on the server tells this socket everything, so what is fetched afterwards plus the
 * events that were kept meanwhile is the whole truth, whatever happened in between. First load, return and gap are
 * therefore one and the same piece of code.
 */

import type { Live, LiveOptions, RefetchReason } from './live-options.ts';
import { browserWorld, parseFrame, Timers, within, type LiveEvent, type LiveWorld } from './live-world.ts';
export type { Live, LiveOptions, LiveState, RefetchReason } from './live-options.ts';
export type { LiveEvent, LiveWorld } from './live-world.ts';

const PING_EVERY_MS = 20_000;
const DEAD_AFTER_MS = 10_000;
const PROBE_MS = 3_000;
const OPEN_WITHIN_MS = 10_000;
const REFETCH_WITHIN_MS = 20_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const POLL_EVERY_MS = 5_000;
const POLL_AFTER_FAILURES = 3;
/** A connection that ends sooner than this counts as one more failure, so that an accept-and-drop server is not hammered. */
const PROVEN_AFTER_MS = 10_000;
const GAPS_IN_A_ROW = 3;

const CLOSE_SIGNED_OUT = 4401;
const CLOSE_RIGHTS_CHANGED = 4403;
const CLOSE_SILENT = 4408;
const CLOSE_TOO_SLOW = 4409;
const CLOSE_LOST = 1006;
/** Closes after which the server expects us back without a growing pause. */
const COME_BACK_SOON: readonly number[] = [CLOSE_RIGHTS_CHANGED, CLOSE_SILENT, CLOSE_TOO_SLOW];

/** Connects at once and stays connected until `close()` or a close that stops. */
export function connect(options: LiveOptions, world: LiveWorld = browserWorld()): Live {
  const connection = new Connection(options, world);
  connection.attempt();
  return connection;
}

class Connection implements Live {
  readonly #options: LiveOptions;
  readonly #world: LiveWorld;
  readonly #timers: Timers;
  readonly #unwatch: () => void;
  #socket: WebSocket | null = null;
  /** Counts attempts; whatever belongs to an older one is ignored. */
  #turn = 0;
  #trying = false;
  #live = false;
  #liveSince = 0;
  #failures = 0;
  #polled = false;
  #polling = false;
  #ended = false;
  #epoch: unknown = undefined;
  #owed: RefetchReason = 'first';
  /** A fetch that the page has asked for and that has not begun. */
  #asked: RefetchReason | null = null;
  /** Counts fetches; only the latest one's result is taken. */
  #fetches = 0;
  /** Events that wait for a fetch to end; null when they may be applied as they come. */
  #kept: LiveEvent[] | null = null;
  #heardAt = 0;

  constructor(options: LiveOptions, world: LiveWorld) {
    this.#options = options;
    this.#world = world;
    this.#timers = new Timers(world);
    this.#unwatch = world.watch((what) => (what === 'wake' ? this.#wake() : this.#probe()));
  }

  send(frame: unknown): boolean {
    if (!this.#live || this.#socket === null || this.#socket.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  refetch(reason: RefetchReason): void {
    if (this.#asked !== 'epoch') this.#asked = reason;
    // Not within the events that are being applied: they are known, and the fetch begins after the last of them.
    queueMicrotask(() => this.#catchUpIfAsked());
  }

  retryNow(): void {
    if (!this.#ended && !this.#trying && !this.#live) this.attempt();
  }

  close(): void {
    this.#ended = true;
    this.#turn += 1;
    this.#timers.clearAll();
    this.#unwatch();
    this.#drop();
  }

  attempt(): void {
    const turn = (this.#turn += 1);
    this.#trying = true;
    this.#timers.clear('retry');
    if (!this.#polled) this.#options.onState('connecting');
    this.#timers.set('open', OPEN_WITHIN_MS, () => this.#lost(turn, CLOSE_LOST));
    void this.#open(turn);
  }

  async #open(turn: number): Promise<void> {
    let first: unknown;
    try {
      first = await this.#options.hello?.();
      if (turn !== this.#turn) return;
      this.#socket = this.#world.socket(this.#options.url);
    } catch {
      this.#lost(turn, CLOSE_LOST);
      return;
    }
    const socket = this.#socket;
    socket.onopen = () => {
      if (first !== undefined) socket.send(JSON.stringify(first));
    };
    socket.onmessage = (message) => this.#heard(turn, message.data);
    socket.onclose = (close) => this.#lost(turn, close.code);
  }

  #heard(turn: number, data: unknown): void {
    if (turn !== this.#turn) return;
    this.#heardAt = this.#world.now();
    this.#timers.clear('dead');
    const event = parseFrame(data);
    if (event === null || event.type === 'pong') return;
    if (event.type === 'hello') this.#welcomed(turn, event);
    else if (this.#kept !== null) this.#kept.push(event);
    else if (this.#live) this.#apply(turn, [event], 0);
  }

  #welcomed(turn: number, hello: LiveEvent): void {
    this.#timers.clear('open');
    this.#schedulePing();
    if (this.#epoch !== undefined && hello['epoch'] !== this.#epoch) this.#owed = 'epoch';
    this.#epoch = hello['epoch'];
    void this.#catchUp(turn, 0);
  }

  /** Fetches while events are kept back, then applies them; `gaps` counts fetches that did not help. */
  async #catchUp(turn: number, gaps: number): Promise<void> {
    if (this.#asked === 'epoch' || (this.#asked !== null && this.#owed === 'reconnect')) this.#owed = this.#asked;
    this.#asked = null;
    this.#kept = [];
    try {
      await this.#fetch(this.#owed);
    } catch {
      this.#lost(turn, CLOSE_LOST);
      return;
    }
    if (turn !== this.#turn) return;
    const kept = this.#kept;
    this.#kept = null;
    // Only now: a fetch that failed is still owed, for the same reason, by the next connection.
    this.#owed = 'reconnect';
    if (!this.#live) this.#becomeLive();
    this.#apply(turn, kept, gaps);
    this.#catchUpIfAsked();
  }

  #catchUpIfAsked(): void {
    if (this.#asked !== null && this.#live && this.#kept === null) void this.#catchUp(this.#turn, 0);
  }

  /** False where a later fetch has begun meanwhile. */
  async #fetch(reason: RefetchReason): Promise<boolean> {
    const mine = (this.#fetches += 1);
    const isCurrent = (): boolean => mine === this.#fetches && !this.#ended;
    await within(this.#world, REFETCH_WITHIN_MS, this.#options.refetch(reason, isCurrent));
    return isCurrent();
  }

  #becomeLive(): void {
    this.#live = true;
    this.#trying = false;
    this.#polled = false;
    this.#liveSince = this.#world.now();
    this.#timers.clear('poll');
    this.#options.onState('live');
  }

  #apply(turn: number, events: readonly LiveEvent[], gaps: number): void {
    for (const [index, event] of events.entries()) {
      if (turn !== this.#turn) return;
      if (this.#options.onEvent(event) !== 'gap') continue;
      if (gaps >= GAPS_IN_A_ROW) {
        this.#lost(turn, CLOSE_LOST);
        return;
      }
      this.#owed = 'gap';
      void this.#catchUp(turn, gaps + 1);
      // The rest is judged again after the fetch: what it already brought is then ignored by version.
      this.#kept?.push(...events.slice(index + 1));
      return;
    }
  }

  #schedulePing(): void {
    const due = this.#world.now() + PING_EVERY_MS;
    this.#timers.set('ping', PING_EVERY_MS, () => {
      // A timer this late means that the machine slept: the socket is then suspect and gets little time.
      const slept = this.#world.now() - due > PROBE_MS;
      this.#ping(slept ? PROBE_MS : DEAD_AFTER_MS);
      this.#schedulePing();
    });
  }

  #ping(patience: number): void {
    const turn = this.#turn;
    if (this.#socket?.readyState === 1) this.#socket.send('{"type":"ping"}');
    this.#timers.set('dead', patience, () => this.#lost(turn, CLOSE_LOST));
  }

  /** Asks a connection that may be dead for a sign of life. */
  #probe(): void {
    if (this.#live) this.#ping(PROBE_MS);
  }

  #wake(): void {
    if (this.#live) {
      if (this.#world.now() - this.#heardAt > PROBE_MS) this.#probe();
    } else this.retryNow();
  }

  #lost(turn: number, code: number): void {
    if (turn !== this.#turn || this.#ended) return;
    const proven = this.#live && this.#world.now() - this.#liveSince >= PROVEN_AFTER_MS;
    const wasLive = this.#live;
    this.#turn += 1;
    this.#drop();
    this.#timers.clear('open', 'ping', 'dead');
    this.#failures = proven ? 0 : this.#failures + 1;
    this.#note(code);
    const answer = this.#options.onClose?.(code);
    if (answer === 'stop' || (code === CLOSE_SIGNED_OUT && answer !== 'retry')) {
      this.close();
      return;
    }
    this.#pause(wasLive && COME_BACK_SOON.includes(code));
  }

  #note(code: number): void {
    if (code === CLOSE_RIGHTS_CHANGED) this.#owed = 'epoch';
    else if (code === CLOSE_TOO_SLOW && this.#owed === 'reconnect') this.#owed = 'gap';
  }

  #pause(soon: boolean): void {
    const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures, 10));
    const ms = soon && this.#failures <= 1 ? 0 : Math.round(this.#world.random() * most);
    this.#timers.set('retry', ms, () => this.attempt());
    if (!this.#polled) this.#options.onState('waiting', ms);
    if (this.#failures >= POLL_AFTER_FAILURES && !this.#polling && !this.#timers.has('poll')) void this.#poll();
  }

  /** Without a socket: the same fetch every five seconds, beside further attempts. */
  async #poll(): Promise<void> {
    // The socket's own fetch is under way; one that began now would drop it.
    if (this.#kept !== null) return this.#pollLater();
    this.#polling = true;
    // A first load and a start from nothing stay what they are, whichever way they come about.
    const reason = this.#owed === 'first' || this.#owed === 'epoch' ? this.#owed : 'poll';
    const reached = await this.#fetch(reason).catch(() => false);
    this.#polling = false;
    if (this.#live || this.#ended) return;
    if (reached && this.#owed === reason) this.#owed = 'reconnect';
    this.#pollLater();
    if (reached === this.#polled || this.#kept !== null) return;
    this.#polled = reached;
    this.#options.onState(reached ? 'polling' : 'waiting');
    // The server answers after all: perhaps its sockets do too.
    if (reached) this.retryNow();
  }

  #pollLater(): void {
    this.#timers.set('poll', POLL_EVERY_MS, () => void this.#poll());
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#live = false;
    this.#trying = false;
    this.#kept = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
