/** A thread that is open, whoever it belongs to: fetched, kept up to date by events, scrolled, read. */
import type { ConsoleEvent, Entry, EntryPage, Mode } from '@recado/shared/wire.ts';
import type { Attaching } from './attaching.svelte.ts';
import { call } from './backend.ts';
import { pathOf } from './owners.ts';
import { Quotation } from './quotation.svelte.ts';
import { addNewer, addOlder, moveTo, seenBy, trim, withEntries, type ThreadModel } from './thread-window.ts';

/** `left`: it was mine to read, and has gone where it is not. */
export type Phase = 'loading' | 'ready' | 'failed' | 'missing' | 'taken' | 'left';

/** Where a page of entries lies: before the window, behind it, or anywhere. */
export type Side = 'older' | 'newer' | 'elsewhere';

/** What an event makes of what is known, and whether something in between is missing. */
export interface Turn<M> {
  model: M;
  gap: boolean;
}

const READ_AFTER_MS = 300;
/** As many entries are kept around what is in view, and this many more before any are let go. */
const MOST = 200;
const SLACK = 40;
const PAGE = 40;

export const always = (): boolean => true;

export abstract class OpenThread<M extends ThreadModel = ThreadModel, State = unknown, Changes extends { start_over: boolean } = { start_over: boolean }> {
  /** Of a direct conversation below nought: see `owners.ts`. */
  readonly id: number;
  protected readonly me: number;
  protected current = $state.raw<M | null>(null);
  phase = $state<Phase>('loading');
  /** Whom the composer writes to: the customer, or colleagues. */
  mode = $state<Mode>('answer');
  /** What the next message or note answers to, and the files that are being chosen for it. */
  readonly quotation: Quotation;
  attaching = $state.raw<Attaching | null>(null);
  /** The last entry I had seen when it was opened; null: no "new" line. */
  newAfter = $state.raw<number | null>(null);
  /** What is being fetched beside the window, and what could not be. */
  loading = $state<Side | null>(null);
  failed = $state<Side | null>(null);
  /** The first and the last entry in view, and whether nothing may be let go (somebody has marked text). */
  view = $state.raw<readonly [number, number]>([0, 0]);
  held: () => boolean = () => false;
  /** Events that came while the thread was being fetched; they are judged by version afterwards. */
  private early: ConsoleEvent[] = [];
  /** Entries that events brought while a page was on its way, which may be older than they are. */
  private meanwhile: Entry[] = [];
  private fetching: Promise<State | null> | null = null;
  private readUpTo = 0;
  private readTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: number, me: number) {
    this.id = id;
    this.me = me;
    this.quotation = new Quotation(id);
  }

  /** What the answer to a fetch says. */
  protected abstract fromState(state: State): M;
  /** What the answer to the question for changes adds; the same where it is older than what is known. */
  protected abstract withChanges(model: M, changes: Changes): M;
  protected abstract turn(model: M, event: ConsoleEvent): Turn<M>;
  /** Those entries that an event brings here. */
  protected abstract entriesOf(event: ConsoleEvent): readonly Entry[];
  /** Gives the thread up where that is what a failed request says. */
  protected abstract lost(error: unknown): boolean;
  /** How it is told that I have read up to an entry. */
  protected abstract tellRead(seq: number): Promise<unknown>;
  /** The newest entry was read on this page. */
  protected abstract seen(model: M): void;
  /** What came with an event or an answer has been taken in. */
  protected after(_before: M): void {}

  get model(): M | null {
    return this.current;
  }

  /** The first fetch; `isFresh` tells whether something in it is new to me, where that is known. Null where it failed: `phase` says how. */
  protected open(isFresh: ((state: State) => boolean) | null, isCurrent = always): Promise<State | null> {
    this.fetching = this.fetch(isFresh, isCurrent).finally(() => (this.fetching = null));
    return this.fetching;
  }

  private async fetch(isFresh: ((state: State) => boolean) | null, isCurrent: () => boolean): Promise<State | null> {
    if (this.current === null) this.phase = 'loading';
    try {
      const state = await call<State>('GET', pathOf(this.id));
      if (this.left || !isCurrent()) return null;
      this.current = this.fromState(state);
      this.quotation.restore(this.current.entries);
      this.phase = 'ready';
      const gap = this.early.splice(0).filter((event) => this.apply(event)).length > 0;
      if (gap) void this.refetch(false).catch(() => (this.phase = 'failed'));
      this.readUpTo = this.current === null ? 0 : seenBy(this.current, this.me);
      if (isFresh !== null) this.newAfter = isFresh(state) && this.readUpTo > 0 ? this.readUpTo : null;
      return state;
    } catch (error) {
      if (isCurrent() && !this.left && !this.lost(error)) this.phase = 'failed';
      return null;
    }
  }

  /** Brings the thread up to date; `anew` where nothing known may be kept. Changes nothing once it is no longer current. */
  async refetch(anew: boolean, isCurrent = always): Promise<void> {
    await this.fetching;
    if (this.left || !isCurrent()) return;
    // What may no longer be mine does not stay on the screen while I ask.
    if (anew) this.clear();
    const known = this.current;
    if (known === null) {
      await this.open(null, isCurrent);
      return;
    }
    try {
      const query = `since=${known.conversation.version}&epoch=${encodeURIComponent(known.epoch)}`;
      const changes = await call<Changes>('GET', `${pathOf(this.id)}/changes?${query}`);
      if (!isCurrent()) return;
      if (changes.start_over) return void (await this.open(null, isCurrent));
      if (this.current === null) return;
      const changed = this.withChanges(this.current, changes);
      // An event was quicker, which does not tell all that I ask for.
      if (changed === this.current) await this.refetch(false, isCurrent);
      else this.current = changed;
    } catch (error) {
      if (!isCurrent() || !this.lost(error)) throw error;
    }
  }

  /** Applies an event; true where something in between is missing. */
  apply(event: ConsoleEvent): boolean {
    if (this.current === null) {
      if (this.phase === 'loading') this.early.push(event);
      return false;
    }
    const before = this.current;
    const turn = this.turn(before, event);
    if (this.loading !== null) this.meanwhile.push(...this.entriesOf(event));
    if (this.current !== null) this.put(this.bounded(turn.model), before);
    return turn.gap;
  }

  /** Takes in what an event or an answer has made of it. */
  protected put(model: M, before: M): void {
    this.current = model;
    this.after(before);
  }

  /** Drops what is known; the next fetch brings it again. */
  forget(): void {
    clearTimeout(this.readTimer);
    this.clear();
    if (this.phase === 'ready') this.phase = 'loading';
  }

  /** It is no longer mine to see: nothing of it stays on the page. */
  leave(): void {
    this.drop('left');
  }

  /** A page that no longer lies beside the window, begun anew or shortened meanwhile, is dropped: there would be a hole. */
  async loadOlder(): Promise<void> {
    const first = this.current?.entries[0]?.seq;
    if (first === undefined || !this.current?.more) return;
    const beside = (now: M): boolean => now.entries[0]?.seq === first;
    await this.fetchPage('older', `before=${first}`, (now, page) => (beside(now) ? addOlder(now, page) : now));
  }

  async loadNewer(): Promise<void> {
    const last = this.current?.entries.at(-1)?.seq;
    if (last === undefined || !this.current?.newer) return;
    const beside = (now: M): boolean => now.entries.at(-1)?.seq === last;
    await this.fetchPage('newer', `after=${last}`, (now, page) => (beside(now) ? addNewer(now, page) : now));
  }

  /** Shows the thread from a moment on, in microseconds; gives the entry that is there, null where it could not be fetched. */
  async goTo(at: number): Promise<number | null> {
    return (await this.fetchPage('elsewhere', `at=${at}`, moveTo))?.anchor ?? null;
  }

  /** The same around an entry, which may be there already. */
  async goToEntry(seq: number): Promise<number | null> {
    if (this.current?.entries.some((entry) => entry.seq === seq)) return seq;
    return (await this.fetchPage('elsewhere', `around=${seq}`, moveTo))?.anchor ?? null;
  }

  /** Shows the newest entries. */
  async toNewest(): Promise<void> {
    if (this.current?.newer) await this.fetchPage('elsewhere', `before=${Number.MAX_SAFE_INTEGER}`, moveTo);
  }

  private async fetchPage(side: Side, query: string, add: (known: M, page: EntryPage) => M): Promise<EntryPage | null> {
    if (this.loading !== null) return null;
    this.loading = side;
    this.failed = null;
    try {
      const page = await call<EntryPage>('GET', `${pathOf(this.id)}/entries?${query}&limit=${PAGE}`);
      if (this.current === null) return null;
      const added = withEntries(add(this.current, page), this.meanwhile);
      this.current = side === 'elsewhere' ? added : this.bounded(added);
      return page;
    } catch (error) {
      if (!this.lost(error)) this.failed = side;
      return null;
    } finally {
      this.loading = null;
      this.meanwhile = [];
    }
  }

  /** However long one scrolls or listens, no more than this is kept and drawn. */
  private bounded(now: M): M {
    const seen = this.view[1] > 0 && !this.held();
    return seen && now.entries.length > MOST + SLACK ? trim(now, MOST, this.view) : now;
  }

  /** The newest entry has been on the screen: tell the server, once things have settled. */
  read(): void {
    clearTimeout(this.readTimer);
    this.readTimer = setTimeout(() => void this.markRead(), READ_AFTER_MS);
  }

  private async markRead(): Promise<void> {
    const seq = this.current?.entries.at(-1)?.seq ?? 0;
    if (this.current === null || this.current.newer || this.phase !== 'ready') return;
    if (seq <= this.readUpTo || document.hidden) return;
    const before = this.readUpTo;
    this.readUpTo = seq;
    this.seen(this.current);
    try {
      await this.tellRead(seq);
    } catch {
      // Told again with the next entry, or when the page comes back.
      this.readUpTo = before;
    }
  }

  protected get left(): boolean {
    return this.phase === 'taken' || this.phase === 'left';
  }

  protected drop(phase: 'taken' | 'missing' | 'left'): void {
    clearTimeout(this.readTimer);
    this.clear();
    this.phase = phase;
  }

  protected clear(): void {
    this.quotation.entry = null;
    this.current = null;
  }
}
