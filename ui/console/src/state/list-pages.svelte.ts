/** How the desk's lists are fetched: page by page as one scrolls, and as far as they were when all is fetched again. */
import type { DeskState, ListName, Page } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { departmentFilter } from './department-filter.svelte.ts';
import * as lists from './desk-model.ts';
import { rowsOf } from './list-rows.ts';

const PAGE = 100;
/** The server counts no further. */
const COUNTED = 1_000;
const LONG = ['waiting', 'attending', 'paused'] as const;

/** The place where the lists are kept. */
export interface Shelf {
  get: () => lists.DeskModel | null;
  set: (model: lists.DeskModel) => void;
}

export class ListPages {
  /** The lists that could not be fetched, and those being fetched. */
  failed = $state.raw<ReadonlySet<ListName>>(new Set());
  loading = $state.raw<ReadonlySet<ListName>>(new Set());
  /** Grows whenever all has been fetched again: what was asked for before is older than what is shown. */
  turn = 0;
  private readonly shelf: Shelf;
  private readonly renewing = new Map<ListName, object>();

  constructor(shelf: Shelf) {
    this.shelf = shelf;
  }

  /** Fetches a list's next page; the first one of what has ended when it is looked at. */
  async more(list: ListName): Promise<void> {
    const cursor = this.shelf.get()?.next[list];
    if (!this.shelf.get() || cursor === null || this.loading.has(list)) return;
    if (this.renewing.has(list)) return;
    this.loading = new Set([...this.loading, list]);
    this.failed = without(this.failed, list);
    try {
      const page = await this.fresh(list, cursor);
      if (page) this.change((model) => lists.addPage(model, list, page));
    } catch {
      this.failed = new Set([...this.failed, list]);
    } finally {
      this.loading = without(this.loading, list);
    }
  }

  /** The page behind a cursor, asked for again where it may be older than the list; null where the list begins anew. */
  private async fresh(list: ListName, cursor: string | undefined): Promise<Page | null> {
    const { turn } = this;
    const page = await fetchPage(list, cursor);
    // Another choice of departments, or a fetch of everything, has begun it anew meanwhile.
    if (this.shelf.get()?.next[list] !== cursor) return null;
    return turn === this.turn ? page : this.fresh(list, cursor);
  }

  /** Goes on until all of a list is here, or as many as are counted: what is chosen from it is counted here. */
  async complete(list: lists.Counted): Promise<void> {
    const model = this.shelf.get();
    if (model?.next[list] && rowsOf(model, list).length < COUNTED && !this.failed.has(list)) await this.more(list);
  }

  /** The model that a fetch gives, each list as long as it was: none must shrink under somebody who has scrolled. */
  async longAsBefore(
    state: DeskState,
    known: lists.DeskModel | null,
    isCurrent: () => boolean,
  ): Promise<lists.DeskModel> {
    const further = await Promise.all(LONG.map((list) => this.further(list, state[list], known, isCurrent)));
    // Read only now: what was closed while the pages came is in it.
    const fresh = lists.fromState(state, known && this.shelf.get());
    this.turn += 1;
    return further.flat().reduce((so, [list, page]) => lists.addPage(so, list, page), fresh);
  }

  private async further(
    list: ListName,
    first: Page,
    known: lists.DeskModel | null,
    isCurrent: () => boolean,
  ): Promise<[ListName, Page][]> {
    const wanted = known ? rowsOf(known, list).length : 0;
    const pages: [ListName, Page][] = [];
    let have = first.items.length;
    for (let cursor = first.next; cursor !== null && have < wanted && isCurrent(); cursor = pages.at(-1)![1].next) {
      const page = await fetchPage(list, cursor);
      pages.push([list, page]);
      have += page.items.length;
    }
    return pages;
  }

  /** What has ended is fetched again behind what is shown, as far as it was loaded. */
  async renew(list: lists.Ended, before: lists.DeskModel[lists.Ended]): Promise<void> {
    const turn = {};
    this.renewing.set(list, turn);
    const isCurrent = (): boolean => this.renewing.get(list) === turn;
    const { department } = departmentFilter;
    const pages: Page[] = [];
    try {
      do pages.push(await fetchPage(list, pages.at(-1)?.next ?? undefined));
      while (pages.at(-1)!.next !== null && pages.length * PAGE < before.size && isCurrent());
      if (isCurrent() && department === departmentFilter.department)
        this.change((model) => lists.withPages(model, list, before, pages));
    } catch {
      // What is shown stays; the next return to the connection tries again.
    } finally {
      if (isCurrent()) this.renewing.delete(list);
    }
  }

  private change(how: (model: lists.DeskModel) => lists.DeskModel): void {
    const model = this.shelf.get();
    if (model) this.shelf.set(how(model));
  }
}

function without(names: ReadonlySet<ListName>, name: ListName): ReadonlySet<ListName> {
  return new Set([...names].filter((one) => one !== name));
}

function fetchPage(list: ListName, cursor: string | undefined): Promise<Page> {
  const after = cursor === undefined ? '' : `&after=${encodeURIComponent(cursor)}`;
  const { department } = departmentFilter;
  const only = list === 'archive' && department !== null ? `&department=${department}` : '';
  return call<Page>('GET', `/conversations?list=${list}&limit=${PAGE}${only}${after}`);
}
