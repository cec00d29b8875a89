/** The lists of my direct conversations, fetched page by page as they are looked at, and kept true by what is told. */
import type { Box, ConsoleEvent, DirectCounts, DirectItem, DirectPage, DirectRow, DirectState } from '@recado/shared/wire.ts';
import { ApiProblem } from '@recado/shared/api.ts';
import { call } from './backend.ts';
import * as model from './directs-model.ts';
import { atLeisureMs } from './soon.ts';
import { Until } from './until.ts';

const PAGE = 50;

export class Directs {
  readonly me: number;
  private known = $state.raw(model.EMPTY);
  /** The list that is shown. */
  box = $state<Box>('open');
  /** The lists that could not be fetched, and those being fetched. */
  failed = $state.raw<ReadonlySet<Box>>(new Set());
  loading = $state.raw<ReadonlySet<Box>>(new Set());
  private readonly counting = new Until(() => this.count(), atLeisureMs);
  private readonly asking = new Map<number, Until>();
  /** What was told while something was on its way, which may be older: it is judged once more beside that. */
  private told: ConsoleEvent[] = [];
  private underWay = 0;
  /** Grows whenever all has been fetched again. */
  private turn = 0;
  /** The same whenever counts are asked for: those that were asked for last are true. */
  private counted = 0;

  constructor(me: number) {
    this.me = me;
  }

  rows(box: Box): readonly DirectItem[] {
    return model.rowsOf(this.known, box);
  }

  /** Whether all of a list is here, or more follows; null: nothing of it was fetched. */
  goesOn(box: Box): boolean | null {
    const next = this.known.next[box];
    return next === undefined ? null : next !== null;
  }

  item(number: number): DirectItem | undefined {
    return this.known.items.get(number);
  }

  /** Whether I take part in it no longer, as far as is known. */
  isGone(number: number): boolean {
    return !this.known.items.has(number) && this.known.gone.has(number);
  }

  /** Asks how one stands that is not known here. */
  know(number: number): void {
    if (!this.known.items.has(number) && !this.known.gone.has(number)) this.ask(number);
  }

  get counts(): DirectCounts {
    return this.known.counts;
  }

  unread = (item: DirectItem): number => model.unreadOf(item);

  versionOf = (number: number): number => model.versionOf(this.known, number);

  /** Fetches anew what is shown; nothing known is kept beyond that. */
  async load(isCurrent: () => boolean): Promise<void> {
    const boxes = model.BOXES.filter((box) => this.known.next[box] !== undefined);
    const asked = boxes.map((box) => fetchPage(box, null));
    await this.beside(Promise.all([call<DirectCounts>('GET', '/directs/counts'), ...asked]), ([counts, ...pages]) => {
      if (!isCurrent()) return;
      this.turn += 1;
      this.counted += 1;
      const empty = { ...model.EMPTY, counts, gone: this.known.gone };
      this.known = pages.reduce((so, page, at) => model.withPage(so, boxes[at]!, page), empty);
    });
  }

  stop(): void {
    for (const one of [this.counting, ...this.asking.values()]) one.stop();
  }

  /** Nothing of what colleagues have said stays on the page. */
  veil(): void {
    this.turn += 1;
    this.known = { ...model.EMPTY, next: this.known.next };
  }

  /** A list's first page when it is looked at, and the next ones as one scrolls. */
  async more(box: Box): Promise<void> {
    const [cursor, turn] = [this.known.next[box], this.turn];
    if (cursor === null || this.loading.has(box)) return;
    this.loading = new Set([...this.loading, box]);
    this.failed = without(this.failed, box);
    try {
      await this.beside(fetchPage(box, cursor ?? null), (page) => {
        if (turn === this.turn && this.known.next[box] === cursor) this.known = model.withPage(this.known, box, page);
      });
    } catch {
      this.failed = new Set([...this.failed, box]);
    } finally {
      this.loading = without(this.loading, box);
    }
  }

  heard(event: ConsoleEvent): void {
    if (this.underWay > 0) this.told.push(event);
    this.judge(event);
    // Counted at once where it is listed here, and at the server soon after: it may lie beyond the pages that are here.
    if (model.countsUnsure(event)) this.counting.ask();
  }

  private judge(event: ConsoleEvent): void {
    const step = model.apply(this.known, event, this.me);
    this.known = step.model;
    if (step.missing !== null) this.ask(step.missing);
  }

  /** Takes over what was asked for, and then once more what was told meanwhile. */
  private async beside<T>(asked: Promise<T>, take: (found: T) => void): Promise<void> {
    this.underWay += 1;
    try {
      take(await asked);
      for (const event of [...this.told]) this.judge(event);
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) this.told = [];
    }
  }

  /** How one stands that is not known here, and what is unread in all: only the server can say whether it was so before. */
  private ask(number: number): void {
    const take = (item: DirectItem | null): void => void (this.known = model.withAsked(this.known, number, item));
    const look = (): Promise<unknown> => Promise.all([this.beside(found(number), take), this.count()]);
    const one = this.asking.get(number) ?? new Until(look);
    this.asking.set(number, one);
    one.ask();
  }

  private async count(): Promise<void> {
    const counted = (this.counted += 1);
    const counts = await call<DirectCounts>('GET', '/directs/counts');
    if (counted === this.counted) this.known = { ...this.known, counts };
  }

  /** What a fetch of one says of it. */
  met({ direct, own }: DirectState): void {
    this.known = model.withKnown(this.known, { direct, own });
  }

  /** The answer to a message of mine, ahead of its event: the version stays, so that the event still applies. */
  sent(row: DirectRow): void {
    const known = this.known.items.get(row.id);
    if (known) this.known = model.withKnown(this.known, { ...known, direct: { ...row, version: known.direct.version } });
  }
}

async function found(number: number): Promise<DirectItem | null> {
  try {
    const { direct, own } = await call<DirectState>('GET', `/directs/${number}`);
    return { direct, own };
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'not_found') return null;
    throw error;
  }
}

function fetchPage(box: Box, cursor: string | null): Promise<DirectPage> {
  const after = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`;
  return call<DirectPage>('GET', `/directs?box=${box}&limit=${PAGE}${after}`);
}

function without(set: ReadonlySet<Box>, box: Box): ReadonlySet<Box> {
  return new Set([...set].filter((one) => one !== box));
}
