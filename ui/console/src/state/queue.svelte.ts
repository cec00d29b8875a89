/** How many wait at the desk, for the pages beside it: fetched, and again soon after anything that may have changed it. */
import type { ConsoleEvent, Counts } from '@recado/shared/wire.ts';
import { once } from './backend.ts';
import { Latest } from './latest.ts';
import { session } from './session.svelte.ts';
import { Soon } from './soon.ts';

/** So long after the first event that may have changed it, however many follow. */
const AFTER_MS = 1_000;
const PASSING: readonly ConsoleEvent['type'][] = ['typing', 'looking', 'thread.read', 'visitor.presence', 'store.changed'];

/** Whether an event is over when it has been seen: nothing of what is stored in lists has changed. */
export const isPassing = (event: ConsoleEvent): boolean => PASSING.includes(event.type);

class Queue {
  waiting = $state(0);
  private readonly latest = new Latest();
  private readonly soon = new Soon(() => void this.load(), AFTER_MS);

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
    if (!isPassing(event)) this.soon.ask();
  }
}

/** One for all pages: it is the same number on each. */
export const queue = new Queue();
