/** The lists of my direct conversations, fetched page by page as they are looked at, and kept true by what is told. */
import type { Box, ConsoleEvent, DirectCounts, DirectItem, DirectPage, DirectRow, DirectState } from '@recado/shared/wire.ts';
import { ApiProblem } from '@recado/shared/api.ts';
import { call } from './backend.ts';
import * as model from './directs-model.ts';
import { Latest } from './latest.ts';

const PAGE = 50;

export class Directs {
  readonly me: number;
  private known = $state.raw(model.EMPTY);
  /** The list that is shown. */
  box = $state<Box>('open');
  /** The lists that could not be fetched, and those being fetched. */
  failed = $state.raw<ReadonlySet<Box>>(new Set());
  loading = $state.raw<ReadonlySet<Box>>(new Set());
  private readonly counting = new Latest();
  /** Grows whenever all has been fetched again. */
  private turn = 0;

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

  get counts(): DirectCounts {
    return this.known.counts;
  }

  unread = (item: DirectItem): number => model.unreadOf(item);

  versionOf = (number: number): number => model.versionOf(this.known, number);

  /** Fetches anew what is shown; nothing known is kept beyond that. */
  async load(isCurrent: () => boolean): Promise<void> {
    const boxes = model.BOXES.filter((box) => this.known.next[box] !== undefined);
    const asked = boxes.map((box) => fetchPage(box, null));
    const [counts, ...pages] = await Promise.all([call<DirectCounts>('GET', '/directs/counts'), ...asked]);
    if (!isCurrent()) return;
    this.turn += 1;
    const empty = { ...model.EMPTY, counts, gone: this.known.gone };
    this.known = pages.reduce((so, page, at) => model.withPage(so, boxes[at]!, page), empty);
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
      const page = await fetchPage(box, cursor ?? null);
      if (turn === this.turn && this.known.next[box] === cursor) this.known = model.withPage(this.known, box, page);
    } catch {
      this.failed = new Set([...this.failed, box]);
    } finally {
      this.loading = without(this.loading, box);
    }
  }

  heard(event: ConsoleEvent): void {
    const step = model.apply(this.known, event, this.me);
    this.known = step.model;
    if (step.missing !== null) void this.ask(step.missing);
  }

  /** How one stands that is not known here, and what is unread in all. */
  private async ask(number: number): Promise<void> {
    const look = async (): Promise<[DirectItem | null, DirectCounts]> => {
      const [state, counts] = await Promise.all([found(number), call<DirectCounts>('GET', '/directs/counts')]);
      return [state, counts];
    };
    const take = ([item, counts]: [DirectItem | null, DirectCounts]): void => void (this.known = model.withAsked(this.known, number, item, counts));
    await this.counting.run(look(), take, () => undefined);
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
