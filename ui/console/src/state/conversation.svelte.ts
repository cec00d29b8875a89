/** The conversation that is open: its thread, fetched, kept up to date by events, and given up when somebody else attends it. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { Changes, ConsoleEvent, ConversationRow, ConversationState } from '@recado/shared/wire.ts';
import type { Entry, EntryPage, Mode } from '@recado/shared/wire.ts';
import type { Attaching } from './attaching.svelte.ts';
import { call } from './backend.ts';
import * as model from './conversation-model.ts';
import { unreadOf, type DeskModel } from './desk-model.ts';
import { Quotation } from './quotation.svelte.ts';

/** `left`: it was mine to read, and has gone where it is not. */
export type Phase = 'loading' | 'ready' | 'failed' | 'missing' | 'taken' | 'left';

/** Where a page of entries lies: before the window, behind it, or anywhere. */
export type Side = 'older' | 'newer' | 'elsewhere';

const READ_AFTER_MS = 300;
/** As many entries are kept around what is in view, and this many more before any are let go. */
const MOST = 200;
const SLACK = 40;
const PAGE = 40;

const always = (): boolean => true;

function entriesOf(event: ConsoleEvent, id: number): readonly Entry[] {
  return 'entries' in event && event.conversation.id === id ? event.entries : [];
}

export class OpenConversation {
  readonly id: number;
  private readonly me: number;
  private readonly onSeen: (row: ConversationRow) => void;
  private current = $state.raw<model.ConversationModel | null>(null);
  phase = $state<Phase>('loading');
  /** Who attends it, in the phase 'taken'. */
  takenBy = $state<number | null>(null);
  /** The department where it was when it was last seen here; null where it never was on this page. */
  department: number | null = null;
  /** It is known that the visitor may not write any more. */
  blocked = $state(false);
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
  private fetching: Promise<ConversationState | null> | null = null;
  private readUpTo = 0;
  private readTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: number, me: number, onSeen: (row: ConversationRow) => void) {
    this.id = id;
    this.quotation = new Quotation(id);
    this.me = me;
    this.onSeen = onSeen;
  }

  get model(): model.ConversationModel | null {
    return this.current;
  }

  /** The first fetch; `desk` tells whether something in it is new to me. Null where it failed: `phase` says how. */
  load(desk: DeskModel | null, isCurrent = always): Promise<ConversationState | null> {
    this.fetching = this.fetch(desk, isCurrent).finally(() => (this.fetching = null));
    return this.fetching;
  }

  private async fetch(desk: DeskModel | null, isCurrent: () => boolean): Promise<ConversationState | null> {
    if (this.current === null) this.phase = 'loading';
    try {
      const state = await call<ConversationState>('GET', `/conversations/${this.id}`);
      if (this.left || !isCurrent()) return null;
      this.current = model.fromState(state);
      this.quotation.restore(this.current.entries);
      this.phase = 'ready';
      const gap = this.early.splice(0).filter((event) => this.apply(event)).length > 0;
      if (gap) void this.refetch(false).catch(() => (this.phase = 'failed'));
      this.readUpTo = model.seenBy(this.current, this.me);
      const fresh = desk !== null && unreadOf(desk, state.conversation) > 0;
      if (desk !== null) this.newAfter = fresh && this.readUpTo > 0 ? this.readUpTo : null;
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
      await this.load(null, isCurrent);
      return;
    }
    try {
      const query = `since=${known.conversation.version}&epoch=${encodeURIComponent(known.epoch)}`;
      const changes = await call<Changes>('GET', `/conversations/${this.id}/changes?${query}`);
      if (!isCurrent()) return;
      if (changes.start_over) return void (await this.load(null, isCurrent));
      if (this.current === null) return;
      const changed = model.applyChanges(this.current, changes);
      // An event was quicker, which does not tell all that I ask for.
      if (changed === this.current) await this.refetch(false, isCurrent);
      else this.current = changed;
    } catch (error) {
      if (!isCurrent() || !this.lost(error)) throw error;
    }
  }

  /** Gives the thread up where that is what a failed request says: gone from my sight, or a colleague has it. */
  private lost(error: unknown): boolean {
    if (!(error instanceof ApiProblem)) return false;
    if (error.code === 'taken') this.take((error.extra.operator as { id: number }).id);
    else if (error.code === 'not_found') this.drop('missing');
    return error.code === 'taken' || error.code === 'not_found';
  }

  /** Applies an event; true where something in between is missing. */
  apply(event: ConsoleEvent): boolean {
    if (this.current === null) {
      if (this.phase === 'loading') this.early.push(event);
      return false;
    }
    const step = model.apply(this.current, event);
    if (this.loading !== null) this.meanwhile.push(...entriesOf(event, this.id));
    const before = this.current;
    this.current = this.bounded(step.model);
    this.askWhoReads(before);
    if (step.taken !== null) this.take(step.taken);
    if (step.left) this.leave();
    return step.gap;
  }

  answered(entry: Entry, conversation: ConversationRow): void {
    const before = this.current;
    if (before === null) return;
    this.current = model.applyAnswer(before, entry, conversation);
    this.askWhoReads(before);
  }

  /** Neither events nor answers tell who may be mentioned in it once it has gone to other readers. */
  private askWhoReads(before: model.ConversationModel): void {
    if (this.current && model.movedBetween(before, this.current)) void this.refetch(false).catch(() => undefined);
  }

  /** What the answer to a request of mine says of it, ahead of its event. */
  moved(conversation: ConversationRow): void {
    const before = this.current;
    if (before === null) return;
    this.current = model.withAnswer(before, conversation);
    this.askWhoReads(before);
  }

  /** Somebody else attends it now: nothing of the customer stays on the page. */
  take(operator: number): void {
    this.takenBy = operator;
    this.drop('taken');
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
    const beside = (now: model.ConversationModel): boolean => now.entries[0]?.seq === first;
    await this.fetchPage('older', `before=${first}`, (now, page) => (beside(now) ? model.addOlder(now, page) : now));
  }

  async loadNewer(): Promise<void> {
    const last = this.current?.entries.at(-1)?.seq;
    if (last === undefined || !this.current?.newer) return;
    const beside = (now: model.ConversationModel): boolean => now.entries.at(-1)?.seq === last;
    await this.fetchPage('newer', `after=${last}`, (now, page) => (beside(now) ? model.addNewer(now, page) : now));
  }

  /** Shows the thread from a moment on, in microseconds; gives the entry that is there, null where it could not be fetched. */
  async goTo(at: number): Promise<number | null> {
    return (await this.fetchPage('elsewhere', `at=${at}`, model.moveTo))?.anchor ?? null;
  }

  /** The same around an entry, which may be there already. */
  async goToEntry(seq: number): Promise<number | null> {
    if (this.current?.entries.some((entry) => entry.seq === seq)) return seq;
    return (await this.fetchPage('elsewhere', `around=${seq}`, model.moveTo))?.anchor ?? null;
  }

  /** Shows the newest entries. */
  async toNewest(): Promise<void> {
    if (this.current?.newer) await this.fetchPage('elsewhere', `before=${Number.MAX_SAFE_INTEGER}`, model.moveTo);
  }

  private async fetchPage(
    side: Side,
    query: string,
    add: (known: model.ConversationModel, page: EntryPage) => model.ConversationModel,
  ): Promise<EntryPage | null> {
    if (this.loading !== null) return null;
    this.loading = side;
    this.failed = null;
    try {
      const path = `/conversations/${this.id}/entries?${query}&limit=${PAGE}`;
      const page = await call<EntryPage>('GET', path);
      if (this.current === null) return null;
      const added = model.withEntries(add(this.current, page), this.meanwhile);
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
  private bounded(now: model.ConversationModel): model.ConversationModel {
    const seen = this.view[1] > 0 && !this.held();
    return seen && now.entries.length > MOST + SLACK ? model.trim(now, MOST, this.view) : now;
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
    const { conversation } = this.current;
    const before = this.readUpTo;
    this.readUpTo = seq;
    this.onSeen(conversation);
    try {
      await call('POST', `/conversations/${this.id}/read`, { seq });
    } catch {
      // Told again with the next entry, or when the page comes back.
      this.readUpTo = before;
    }
  }

  private get left(): boolean {
    return this.phase === 'taken' || this.phase === 'left';
  }

  private drop(phase: 'taken' | 'missing' | 'left'): void {
    clearTimeout(this.readTimer);
    this.clear();
    this.phase = phase;
  }

  /** Where it was is remembered: the first to know, in the end, that it has gone may be a fetch. */
  private clear(): void {
    this.department = this.current?.conversation.department.id ?? this.department;
    this.quotation.entry = null;
    this.current = null;
  }
}
