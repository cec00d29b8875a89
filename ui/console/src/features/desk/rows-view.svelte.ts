/** The list on the screen: which rows are drawn, where it is scrolled to, and how the focus moves beyond what is drawn. */
import { tick } from 'svelte';
import { neighbour, settle } from '../../state/list-order.ts';
import { inView, placesOf, reveal, shift } from '../../state/virtual.ts';

/** The height of every row of customers', and of colleagues'; `row.css` and `TalkRow.svelte` say the same. */
export const ROW_PX = 78;
export const TALK_PX = 64;
/** Space above the first row and below the last. */
export const EDGE_PX = 6;
const SPARE = 8;
/** So near to the end, in rows, the next page is fetched. */
const NEAR_END = 30;

/** Where each list was when it was left, for as long as this page lives. */
const left = new Map<string, number>();

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, place) => id === b[place]);
}

export class RowsView {
  /** Its name, as its tab has it. */
  readonly list: string;
  readonly px: number;
  ids = $state.raw<readonly number[]>([]);
  /** The row that Tab reaches. */
  first = $state.raw<number | null>(null);
  /** True while rows follow the scroll at once instead of sliding to their places. */
  still = $state(true);
  private box: HTMLElement | null = null;
  private top = $state(0);
  private height = $state(0);
  private focused = $state.raw<number | null>(null);
  private readonly places = $derived(new Map(this.ids.map((id, place) => [id, place])));
  private readonly range = $derived.by(() => inView(this.ids.length, this.top, this.height, this.px, SPARE));
  private readonly from = $derived(this.range.from);
  private readonly to = $derived(this.range.to);

  /** The rows to draw with their places, in the order of the list. */
  readonly drawn = $derived(
    placesOf({ from: this.from, to: this.to }, [this.placeOf(this.focused), this.placeOf(this.first)]).map((place) => ({
      id: this.ids[place]!,
      place,
    })),
  );
  readonly nearEnd = $derived(this.to >= this.ids.length - NEAR_END);

  /** Rows that came into view by themselves, not by scrolling. */
  private fresh: ReadonlySet<number> = new Set();

  /** `px`: the height of each row. */
  constructor(list: string, px: number) {
    this.list = list;
    this.px = px;
  }

  /** An attachment for the scrolling element. */
  attach = (box: HTMLElement): (() => void) => {
    this.box = box;
    this.back();
    const resized = new ResizeObserver(() => this.back());
    resized.observe(box);
    const scrolled = (): void => this.look();
    box.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      resized.disconnect();
      box.removeEventListener('scroll', scrolled);
      this.box = null;
    };
  };

  /** Shows rows in this order; frozen, none of those shown moves. What is in view stays there, and the focus is not lost. */
  show(natural: readonly number[], frozen: boolean): void {
    const before = this.ids;
    const ids = settle(same(natural, before) ? before : natural, before, frozen);
    const heir = this.heir(natural);
    if (ids !== before) {
      const by = before.length > 0 ? shift(before, ids, this.top, this.px) : 0;
      this.still = before.length === 0 || by !== 0;
      const known = this.places;
      this.fresh = new Set(before.length === 0 ? [] : ids.slice(this.from, this.to).filter((id) => !known.has(id)));
      this.ids = ids;
      const wanted = by === 0 ? (left.get(this.list) ?? 0) : this.top + by;
      if (by !== 0 || this.top < wanted) void tick().then(() => this.scrollTo(wanted));
    }
    if (heir !== undefined) void tick().then(() => this.focus(heir));
  }

  /** Whether a row fades: in, where it has just come; out, where it has left the list. Scrolling fades nothing. */
  fades(id: number): boolean {
    return this.fresh.has(id) || !this.places.has(id);
  }

  /** Moves the focus by one row; from the open one where none has it. */
  async move(step: 1 | -1, open: number | null): Promise<boolean> {
    const id = neighbour(this.ids, this.focused ?? open, step);
    if (id === null) return false;
    await this.focus(id);
    return true;
  }

  /** Moves the focus to the first row, or to the last that is loaded. */
  async edge(which: 'first' | 'last'): Promise<void> {
    const id = this.ids.at(which === 'first' ? 0 : -1);
    if (id !== undefined) await this.focus(id);
  }

  /** Gives the focus to a row; to the list's tab where it has not that row. */
  async take(id: number): Promise<void> {
    await this.focus(this.places.has(id) ? id : null);
  }

  private async focus(id: number | null): Promise<void> {
    if (id === null) return document.querySelector<HTMLElement>(`[data-tab="${this.list}"]`)?.focus();
    this.focused = id;
    this.scrollTo(reveal(this.placeOf(id), this.top, this.height, this.px));
    await tick();
    this.box?.querySelector<HTMLElement>(`[data-row="${id}"]`)?.focus({ preventScroll: true });
  }

  /** Who gets the focus of a row that has left: the next one, null for none; undefined where no focus is lost. */
  private heir(natural: readonly number[]): number | null | undefined {
    if (this.focused === null) return undefined;
    const here = new Set(natural);
    if (here.has(this.focused)) return undefined;
    const place = this.placeOf(this.focused);
    const after = this.ids.slice(place).find((id) => here.has(id));
    return after ?? this.ids.slice(0, place).findLast((id) => here.has(id)) ?? null;
  }

  onfocusin = (event: FocusEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>('[data-row]');
    this.focused = row ? Number(row.dataset.row) : null;
  };

  onfocusout = (): void => {
    this.focused = null;
  };

  get hasFocus(): boolean {
    return this.focused !== null;
  }

  private placeOf(id: number | null): number {
    return id === null ? -1 : (this.places.get(id) ?? -1);
  }

  /** A list that was hidden (a phone shows one pane at a time) has lost its place: it goes back there. */
  private back(): void {
    const { box } = this;
    if (!box || box.clientHeight === 0) return;
    this.height = box.clientHeight;
    this.scrollTo(left.get(this.list) ?? 0);
  }

  private scrollTo(top: number): void {
    if (!this.box) return;
    if (Math.abs(this.box.scrollTop - top) > 0.5) this.box.scrollTop = top;
    this.look();
  }

  private look(): void {
    const { box } = this;
    if (!box || box.clientHeight === 0) return;
    if (box.scrollTop !== this.top) this.fresh = new Set();
    this.top = box.scrollTop;
    this.height = box.clientHeight;
    // A list that is still being filled cannot be scrolled there yet.
    if (this.ids.length > 0) left.set(this.list, this.top);
  }
}
