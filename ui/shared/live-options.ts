/** What a page tells the live connection (`live.ts`), and what it may ask of it. */
import type { LiveEvent } from './live-world.ts';

/** What the page shows: `waiting` = lost, trying again after `retryInMs`; `polling` = no socket, but up to date within 5 s. */
export type LiveState = 'connecting' | 'live' | 'waiting' | 'polling';

/** Why the page fetches: `epoch` means that nothing known may be kept. */
export type RefetchReason = 'first' | 'reconnect' | 'gap' | 'epoch' | 'poll';

export interface LiveOptions {
  /** Address of the socket: ws:, wss:, or a path of this page's origin. */
  readonly url: string;
  /** The client's first frame, asked for before every attempt; a rejection counts as a failed attempt. */
  readonly hello?: () => unknown;
  /** One event, in the server's order. Answer `'gap'` when it does not follow what is known: all is fetched again. */
  readonly onEvent: (event: LiveEvent) => 'gap' | void;
  readonly onState: (state: LiveState, retryInMs?: number) => void;
  /**
   * Brings the page up to date; a rejection drops the connection and tries again later. What is given up as too slow still
   * runs on: where `isCurrent` says no, a later fetch knows better and this one's result must be dropped.
   */
  readonly refetch: (reason: RefetchReason, isCurrent: () => boolean) => Promise<void>;
  /** Told of every close. `'stop'` ends it all; 4401 stops unless the answer is `'retry'`. */
  readonly onClose?: (code: number) => 'retry' | 'stop' | void;
}

export interface Live {
  /** Sends a frame; false when nobody is connected (nothing is kept: what must arrive goes by HTTP). */
  send(frame: unknown): boolean;
  /** Fetches anew while events are kept; what is asked for during a fetch is one more fetch after it, however often. */
  refetch(reason: RefetchReason): void;
  /** Ends a pause between attempts at once. */
  retryNow(): void;
  close(): void;
}
