/** How many wait at the desk, for the pages beside it: fetched, and again soon after anything that may have changed it. */
import type { ConsoleEvent, Counts } from '@recado/shared/wire.ts';
import { once } from './backend.ts';
import { Latest } from './latest.ts';
import { session } from './session.svelte.ts';
import { Soon } from './soon.ts';

/** So long after the first event that may have changed it, however many follow; up to twice as long, so that not all ask at once. */
const AFTER_MS = 1_000;
const AFTER_MS_HIDDEN = 5_000;
/** What puts a conversation into Waiting, or takes one away. Of names and rights all is fetched anyhow. */
const MOVES: readonly ConsoleEvent['type'][] = [
  'conversation.opened',
  'conversation.queued',
  'conversation.claimed',
  'conversation.taken',
  'conversation.left',
  'conversation.closed',
];
class Queue {
  waiting = $state(0);
  private readonly latest = new Latest();
  private readonly soon = new Soon(
    () => void this.load(),
    () => (document.hidden ? AFTER_MS_HIDDEN : AFTER_MS) * (1 + Math.random()),
  );

  /** Where it cannot be had now, what was known stays; whoever has signed out meanwhile is not asked in again for it. */
  load = async (): Promise<void> => {
    if (!session.me || session.lapsed) return;
    await this.latest.run(
      once<Counts>('GET', '/counts'),
      (counts) => (this.waiting = counts.waiting),
      () => undefined,
    );
  };

  heard(event: ConsoleEvent): void {
    if (MOVES.includes(event.type)) this.soon.ask();
  }
}

/** One for all pages: it is the same number on each. */
export const queue = new Queue();
