/** The conversation that is open: its thread, fetched, kept up to date by events, and given up when somebody else attends it. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { Changes, ConsoleEvent, ConversationRow, ConversationState, Entry } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import * as model from './conversation-model.ts';
import { unreadOf, type DeskModel } from './desk-model.ts';

export type Phase = 'loading' | 'ready' | 'failed' | 'missing' | 'taken';

const READ_AFTER_MS = 300;

const always = (): boolean => true;

export class OpenConversation {
  readonly id: number;
  private readonly me: number;
  private readonly onSeen: (row: ConversationRow) => void;
  private current = $state.raw<model.ConversationModel | null>(null);
  phase = $state<Phase>('loading');
  /** Who attends it, in the phase 'taken'. */
  takenBy = $state<number | null>(null);
  /** My own words that were not sent when somebody else took it. */
  kept = $state('');
  /** The last entry I had seen when it was opened; null: no "new" line. */
  newAfter = $state.raw<number | null>(null);
  loadingOlder = $state(false);
  olderFailed = $state(false);
  /** Events that came while the thread was being fetched; they are judged by version afterwards. */
  private held: ConsoleEvent[] = [];
  private fetching: Promise<ConversationState | null> | null = null;
  private readUpTo = 0;
  private readTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: number, me: number, onSeen: (row: ConversationRow) => void) {
    this.id = id;
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
      this.phase = 'ready';
      const gap = this.held.splice(0).filter((event) => this.apply(event)).length > 0;
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
    if (this.phase === 'taken' || !isCurrent()) return;
    // What may no longer be mine does not stay on the screen while I ask.
    if (anew) this.current = null;
    const known = this.current;
    if (known === null) {
      await this.load(null, isCurrent);
      return;
    }
    try {
      const query = `since=${known.conversation.version}&epoch=${encodeURIComponent(known.epoch)}`;
      const changes = await call<Changes>('GET', `/conversations/${this.id}/changes?${query}`);
      if (!isCurrent()) return;
      if (changes.start_over) await this.load(null, isCurrent);
      else if (this.current !== null) this.current = model.applyChanges(this.current, changes);
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
      if (this.phase === 'loading') this.held.push(event);
      return false;
    }
    const step = model.apply(this.current, event);
    this.current = step.model;
    if (step.taken !== null) this.take(step.taken);
    return step.gap;
  }

  answered(entry: Entry, conversation: ConversationRow): void {
    if (this.current !== null) this.current = model.applyAnswer(this.current, entry, conversation);
  }

  /** Somebody else attends it now: nothing of the customer stays on the page. */
  take(operator: number): void {
    this.takenBy = operator;
    this.drop('taken');
  }

  async loadOlder(): Promise<void> {
    const first = this.current?.entries[0]?.seq;
    if (first === undefined || !this.current?.more || this.loadingOlder) return;
    this.loadingOlder = true;
    this.olderFailed = false;
    try {
      const page = await call<{ entries: Entry[]; more: boolean }>(
        'GET',
        `/conversations/${this.id}/entries?before=${first}&limit=50`,
      );
      if (this.current !== null) this.current = model.addOlder(this.current, page);
    } catch {
      this.olderFailed = true;
    } finally {
      this.loadingOlder = false;
    }
  }

  /** The newest entry has been on the screen: tell the server, once things have settled. */
  read(): void {
    clearTimeout(this.readTimer);
    this.readTimer = setTimeout(() => void this.markRead(), READ_AFTER_MS);
  }

  private async markRead(): Promise<void> {
    const seq = this.current?.entries.at(-1)?.seq ?? 0;
    if (this.current === null || this.phase !== 'ready' || seq <= this.readUpTo || document.hidden) return;
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
    return this.phase === 'taken';
  }

  private drop(phase: 'taken' | 'missing'): void {
    clearTimeout(this.readTimer);
    this.current = null;
    this.phase = phase;
  }
}
