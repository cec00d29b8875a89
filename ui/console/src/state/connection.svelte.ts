/** The live connection of a signed-in page: what is shown of it, and what is the same whichever page it keeps true. */
import { ApiProblem } from '@recado/shared/api.ts';
import { connect, type Live, type LiveState, type RefetchReason } from '@recado/shared/live.ts';
import type { ConsoleEvent, ConversationRow, Me } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { chosen } from './choices.svelte.ts';
import { gift, loss } from './desk-model.ts';
import { queue } from './queue.svelte.ts';
import { ringing } from './ringing.ts';
import { session } from './session.svelte.ts';
import { seenBy, takeAway } from './worker.ts';

const SIGNED_OUT = 4401;
const DISABLED = 4410;

/** The page that is kept true. */
export interface Connected {
  /** Fetches what it shows; where `isCurrent` says no, a later fetch knows better and this one's result is dropped. */
  readonly fetch: (reason: RefetchReason, isCurrent: () => boolean) => Promise<void>;
  /** Told of every event but those that have everything fetched anew. */
  readonly heard?: (event: ConsoleEvent) => 'gap' | void;
  /** It is not the desk: who has only such pages open is given nothing by rule, and not shown to visitors. */
  readonly beside?: boolean;
  /** Told when it is told of everything again. */
  readonly live?: () => void;
}

/** What is told twice has happened once. */
function newer(known: ConversationRow | null, row: ConversationRow | null): ConversationRow | null {
  return row && (row.id !== known?.id || row.version > known.version) ? row : known;
}

export class Connection {
  state = $state<LiveState>('connecting');
  /** When it is tried again. */
  retryAt = $state<number | null>(null);
  /** The server can store nothing for now. */
  unstored = $state(false);
  /** What somebody else, or the desk by itself, has given me last: whoever has any page open counts as there for it. */
  given = $state.raw<ConversationRow | null>(null);
  /** What somebody else has taken from me last. */
  taken = $state.raw<ConversationRow | null>(null);
  private known = $state(false);
  private readonly page: Connected;
  private live: Live | null = null;
  private wanted = false;

  constructor(page: Connected) {
    this.page = page;
  }

  /** It was there, or was tried in vain; the first attempt is no loss. */
  get lost(): boolean {
    return this.state === 'waiting' || (this.state === 'connecting' && this.known);
  }

  /** Somebody is signed in and told of what happens: what nobody is told of may be asked for now and then. */
  get well(): boolean {
    return this.state === 'live' && !session.lapsed;
  }

  start(): void {
    this.wanted = true;
    document.addEventListener('visibilitychange', this.show);
    this.live ??= connect({
      url: `/api/v1/console/socket${this.page.beside ? '?page=beside' : ''}`,
      onEvent: (event) => this.heard(event as unknown as ConsoleEvent),
      onState: (state, retryInMs) => this.turned(state, retryInMs),
      refetch: this.page.fetch,
      onClose: (code) => this.closed(code),
    });
  }

  stop(): void {
    this.wanted = false;
    document.removeEventListener('visibilitychange', this.show);
    this.drop();
  }

  /** Sends a frame where somebody is there to hear it. */
  send = (frame: object): boolean => this.live?.send(frame) ?? false;

  refetch = (): void => this.live?.refetch('gap');

  /** Whether somebody sees this page: whoever sees one needs no notification of the browser. */
  private readonly show = (): void => void this.send({ type: 'visible', visible: document.visibilityState === 'visible' });

  retryNow = (): void => this.live?.retryNow();

  private heard(event: ConsoleEvent): 'gap' | void {
    // Names and rights are fetched anew, and what happens meanwhile is kept until then.
    if (event.type === 'people.changed' || event.type === 'settings.changed') return this.refetch();
    if (event.type === 'person.changed' && event.person.id === session.me?.id) void session.known(event.person);
    if (event.type === 'store.changed') this.unstored = !event.well;
    if (session.me) {
      this.given = newer(this.given, gift(event, session.me.id));
      this.taken = newer(this.taken, loss(event, session.me.id));
      const seen = seenBy(event, session.me.id);
      if (seen.length > 0) void takeAway(seen);
    }
    chosen.heard(event);
    void ringing.heard(event);
    return this.page.heard?.(event);
  }

  private turned(state: LiveState, retryInMs = 0): void {
    this.state = state;
    this.retryAt = state === 'waiting' ? Date.now() + retryInMs : null;
    this.known ||= state === 'live' || state === 'polling';
    ringing.hears(state === 'live');
    if (state === 'live') {
      this.show();
      this.page.live?.();
    }
    // After a greeting it is said again, where it is still so.
    else this.unstored = false;
  }

  /** The session has ended: the page goes on where it was once somebody has signed in again, if it is still there. */
  private closed(code: number): 'stop' | void {
    if (code === DISABLED) session.disabled = true;
    else if (code !== SIGNED_OUT) return;
    const again = (): void => {
      if (!this.wanted) return;
      this.drop();
      this.start();
    };
    ringing.hears(false);
    session.renewed().then(again, () => undefined);
    return 'stop';
  }

  private drop(): void {
    ringing.hears(false);
    this.live?.close();
    this.live = null;
  }
}

/**
 * Keeps a page beside the desk true by fetching all of it: `load`, once it is known that it is still the same person's. Of two
 * that overlap it takes the later one; where it gives false, the connection is made anew, and with it the fetch.
 */
export function watch(load: () => Promise<boolean>, heard?: Connected['heard']): Connection {
  const fetch: Connected['fetch'] = async (_, isCurrent) => {
    const me = await call<Me>('GET', '/session');
    if (!isCurrent()) return;
    await session.meet(me);
    void queue.load();
    void chosen.load();
    if (!(await load())) throw new ApiProblem(0, 'offline');
  };
  return new Connection({
    fetch,
    beside: true,
    heard: (event) => {
      queue.heard(event);
      return heard?.(event);
    },
  });
}
