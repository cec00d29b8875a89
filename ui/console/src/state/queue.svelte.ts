/** How many are to be looked at on the desk, for the pages beside it: fetched, and again soon after what may have changed it. */
import type { ConsoleEvent, Counts, DirectCounts } from '@recado/shared/wire.ts';
import { once } from './backend.ts';
import type { ToSee } from './badge.ts';
import { Latest } from './latest.ts';
import { session } from './session.svelte.ts';
import { atLeisureMs, Soon } from './soon.ts';

/** What puts a conversation into Waiting, or takes one away. Of names and rights all is fetched anyhow. */
const MOVES: readonly ConsoleEvent['type'][] = [
  'conversation.opened',
  'conversation.queued',
  'conversation.claimed',
  'conversation.resumed',
  'conversation.taken',
  'conversation.left',
  'conversation.closed',
];

/** Whether something may have brought me something to look at, or taken it away. */
function concerns(event: ConsoleEvent, me: number | undefined): boolean {
  if (event.type === 'message.posted') return event.conversation.operator === me;
  if (event.type === 'thread.read') return event.mark.reader.kind === 'operator' && event.mark.reader.id === me;
  return MOVES.includes(event.type);
}

class Queue {
  private counts = $state.raw<Counts | null>(null);
  private talks = $state.raw<DirectCounts | null>(null);
  private readonly latest = new Latest();
  private readonly latestTalks = new Latest();
  private readonly soon = new Soon(() => void this.look(), atLeisureMs);
  private readonly soonTalks = new Soon(() => void this.lookAtTalks(), atLeisureMs);

  /** All of it by what it is; null until all is known. */
  readonly seen: ToSee | null = $derived(
    this.counts && this.talks && { waiting: this.counts.waiting, mine: this.counts.unread, internal: this.talks.inbox },
  );
  /** Those that wait, and those of mine whose customer has written what I have not read. */
  readonly toSee = $derived(this.counts ? this.counts.waiting + this.counts.unread : 0);
  /** In how many direct conversations of mine colleagues have written what I have not read. */
  readonly unread = $derived(this.talks?.inbox ?? 0);

  load = async (): Promise<void> => void (await Promise.all([this.look(), this.lookAtTalks()]));

  /** Where it cannot be had now, what was known stays; whoever has signed out meanwhile is not asked in again for it. */
  private async look(): Promise<void> {
    if (!session.me || session.lapsed) return;
    const take = (counts: Counts): void => void (this.counts = counts);
    await this.latest.run(once<Counts>('GET', '/counts'), take, () => undefined);
  }

  private async lookAtTalks(): Promise<void> {
    if (!session.me || session.lapsed) return;
    const take = (counts: DirectCounts): void => void (this.talks = counts);
    await this.latestTalks.run(once<DirectCounts>('GET', '/directs/counts'), take, () => undefined);
  }

  heard(event: ConsoleEvent): void {
    if (concerns(event, session.me?.id)) this.soon.ask();
    if (event.type.startsWith('direct.')) this.soonTalks.ask();
  }
}

/** One for all pages: it is the same number on each. */
export const queue = new Queue();
