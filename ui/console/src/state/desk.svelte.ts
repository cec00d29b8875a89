/**
 * The desk: the open conversation beside the lists, the live connection, and everything an operator does here.
 *
 * The rules of what an event changes are in `desk-model.ts` and `conversation-model.ts`; this wires them to the world.
 */
import { ApiProblem } from '@recado/shared/api.ts';
import type { RefetchReason } from '@recado/shared/live.ts';
import type { ConsoleEvent, ConversationRow, DeskState, Named } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { Connection } from './connection.svelte.ts';
import { OpenConversation, type Phase } from './conversation.svelte.ts';
import { DeskLists } from './desk-lists.svelte.ts';
import * as lists from './desk-model.ts';
import { lineOf } from './draft-line.ts';
import { editings } from './editings.svelte.ts';
import { ENDED } from './list-rows.ts';
import type { OpenThread } from './open-thread.svelte.ts';
import { isDirect } from './owners.ts';
import { Sender, type Extra, type Sent } from './sender.svelte.ts';
import { session } from './session.svelte.ts';
import { Signs } from './signs.svelte.ts';
import { Talks } from './talks.svelte.ts';
import { hasWords, MODES, NO_WORDS, type Words } from './words.ts';

const WIRE = 3;
const TYPING_EVERY_MS = 3_000;
/** Nothing can be written in it. */
const GONE: readonly Phase[] = ['taken', 'left', 'missing'];

export class Desk extends DeskLists {
  readonly signs = new Signs();
  readonly sender: Sender;
  readonly talks: Talks;
  open = $state.raw<OpenConversation | null>(null);
  /** While the server can store nothing, one reads on, and what is written waits here. */
  readonly connection = new Connection({
    fetch: (reason, isCurrent) => this.refetch(reason, isCurrent),
    heard: (event) => this.onEvent(event),
    live: () => this.onLive(),
  });
  /** The server speaks a newer wire than this page, or has no part any more that it asked for. */
  outdated = $state(false);
  private readonly stored = (event: StorageEvent): void => [this.drafts, this.fresh, this.talks.fresh].forEach((one) => one.heard(event));
  private readonly age = (): void => void (this.outdated = true);
  /** The conversation I have just claimed by answering, for the eye. */
  claimed = $state<number | null>(null);
  private typedAt = 0;

  constructor(me: number) {
    super(me);
    this.talks = new Talks(me, this.drafts, () => this.sender);
    this.sender = new Sender(me, {
      onSent: (answer) => this.sent(answer),
      versionOf: (id) => this.versionOf(id),
      onLost: (id, operator, words, asked, at) => this.refused(id, operator, words, asked, at),
    });
  }

  start(): void {
    addEventListener('storage', this.stored);
    addEventListener('recado-outdated', this.age);
    this.connection.start();
  }

  stop(): void {
    removeEventListener('storage', this.stored);
    removeEventListener('recado-outdated', this.age);
    if (this.open) this.connection.send({ type: 'looking', conversation: null });
    this.connection.stop();
    this.sender.close();
    this.talks.stop();
    this.recount.stop();
  }

  /** Shows a conversation, or none; telling the others who looks at it. */
  async select(id: number | null): Promise<void> {
    if (id === (this.open?.id ?? null)) return;
    this.open = id === null ? null : new OpenConversation(id, this.me, (row) => this.seen(row));
    this.connection.send({ type: 'looking', conversation: id });
    const [opened, began, asked] = [this.open, this.drafts.moment, id === null ? -1 : this.versionOf(id)];
    const state = await opened?.load(this.model);
    if (this.open !== opened) return;
    if (opened && GONE.includes(opened.phase)) this.refused(opened.id, opened.takenBy, null, asked);
    if (!state) return;
    this.drafts.adopt(state.conversation.id, state.drafts, began);
    if (lineOf(this.drafts, id!, 'answer') === '' && lineOf(this.drafts, id!, 'note') !== '') opened!.mode = 'note';
    this.giveBack();
    if (state.visitor.online) this.signs.online.add(state.conversation.id);
    this.model = this.model && lists.withRow(this.model, state.conversation);
    this.showListOf(state.conversation.id);
  }

  /** The thread that is open of a conversation, of either kind. */
  pane(id: number): OpenThread | null {
    return [this.open, this.talks.open].find((one) => one?.id === id) ?? null;
  }

  /** An answer, or by its `extra` a note: sent from its box, which is empty then. */
  send(id: number, body: string, extra: Extra | null = null): void {
    this.sender.send(id, body, extra);
    this.drafts.clear(id, extra && 'kind' in extra ? 'note' : 'answer');
    this.typedAt = 0;
  }

  typed(id: number): void {
    const now = Date.now();
    if (now - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = now;
    this.connection.send({ type: 'typing', conversation: id });
  }

  /** Shows what became of a conversation that I asked to move. False where somebody else was quicker; other refusals throw. */
  async move(id: number, asked: Promise<ConversationRow | null>): Promise<boolean> {
    const version = this.versionOf(id);
    try {
      const row = await asked;
      if (row === null) this.refused(id, null, null, version);
      else this.moved(row);
      return true;
    } catch (error) {
      const { code, extra } = error as ApiProblem;
      if (!(error instanceof ApiProblem) || code !== 'taken') throw error;
      this.refused(id, (extra.operator as Named).id, null, version);
      return false;
    }
  }

  /** Keeps a note that did not go along with a move: in the note being written there, or as not sent where that is lost. */
  keepNote(id: number, note: string, lost = false, client_id: string | null = null): void {
    const open = this.open?.id === id ? this.open : null;
    if (client_id !== null && open?.model?.entries.some((entry) => entry.client_id === client_id)) return;
    const there = open ? !GONE.includes(open.phase) : this.model !== null && lists.find(this.model, id) !== undefined;
    if (there && lost) this.lost(id, null, { ...NO_WORDS, note });
    else if (there) this.goOn(id, note, 'note');
    else this.drafts.keep(note, 'note', id);
    if (open && there) open.mode = 'note';
  }

  private moved(row: ConversationRow): void {
    const was = this.model && lists.find(this.model, row.id)?.status;
    if (this.open?.id === row.id) this.open.moved(row);
    this.model = this.model && lists.withAnswer(this.model, row);
    if (was === 'waiting' && row.operator === this.me && row.status === 'attending') this.follow(row.id);
    if (row.status === 'closed') this.ended(row.id);
  }

  private async refetch(reason: RefetchReason, isCurrent: () => boolean): Promise<void> {
    const [began, open] = [this.drafts.moment, this.open?.refetch(reason === 'epoch', isCurrent)];
    this.talks.refetch(reason === 'epoch', isCurrent);
    const [state] = await Promise.all([call<DeskState>('GET', '/desk'), open]);
    if (!isCurrent()) return;
    await session.meet(state.me);
    this.learn(state);
    this.outdated ||= state.wire !== WIRE;
    const known = reason === 'epoch' ? null : this.model;
    const model = await this.pages.longAsBefore(state, known, isCurrent);
    if (!isCurrent()) return;
    this.signs.reset(state.online, state.looking);
    [this.before, this.model] = [this.model, model];
    // What went with the conversation, before the server's drafts take its place.
    this.meet();
    this.drafts.takeOver(state.drafts, began);
    this.giveBack();
    if (known === null && this.open?.model) this.showListOf(this.open.id);
    this.leaveArchive();
    if (reason !== 'poll' && known)
      for (const list of ENDED) if (model.next[list] !== undefined) void this.pages.renew(list, known[list]);
    this.settle();
  }

  private onEvent(event: ConsoleEvent): 'gap' | void {
    this.signs.apply(event);
    this.changedAside(event);
    this.talks.heard(event);
    if (!this.model) return;
    const [before, told] = [this.model, lists.about(event)];
    // What is told late, or twice, brings nothing about.
    const news = told !== null && told.version > this.versionOf(told.id);
    const step = lists.apply(this.model, event);
    this.model = step.model;
    const gap = this.open?.apply(event) ?? false;
    this.settle();
    if (news) this.follows(event);
    // A late loss has taken the pane alone.
    else if (this.open && lists.find(this.model, this.open.id)) void this.comeBack(this.open.id);
    // One that opens or ends beyond the pages that are loaded changes a count, and no row.
    const counts = before !== this.model || event.type.startsWith('conversation.');
    if (counts && lists.countsUnsure(this.model)) this.recount.ask();
    return step.gap || gap ? 'gap' : undefined;
  }

  /** What an event brings about beside the rows. */
  private follows(event: ConsoleEvent): void {
    if (event.type === 'conversation.claimed' && event.conversation.operator === this.me)
      this.follow(event.conversation.id);
    if ('conversation' in event && typeof event.conversation === 'object') void this.comeBack(event.conversation.id);
    if (event.type === 'conversation.closed') this.ended(event.conversation.id);
    if (event.type === 'conversation.taken') this.lost(event.id, event.operator, this.sender.takeAll(event.id));
    if (event.type === 'conversation.left') this.lost(event.id, null, this.sender.takeAll(event.id));
  }

  /** What had gone elsewhere is mine to read again: the pane that says otherwise is loaded anew. */
  async comeBack(id: number): Promise<void> {
    this.giveBack();
    if (this.open?.id !== id || !GONE.includes(this.open.phase)) return;
    await this.select(null);
    await this.select(id);
  }

  /** What I had not sent stands in the composer again, as soon as there is one. */
  private giveBack(): void {
    if (!this.open?.model) return;
    const { id, status } = this.open.model.conversation;
    for (const mode of MODES) if (mode === 'note' || status !== 'closed') this.drafts.giveBack(id, mode);
  }

  /** Nobody is signed in: nothing of any customer stays on the page. My own words do; `unveil` fetches the rest again. */
  veil(): void {
    this.model = this.before = null;
    this.open?.forget();
    this.talks.veil();
    this.signs.reset([], {});
    this.gone.clear();
  }

  unveil(): void {
    this.sender.resume();
    this.connection.refetch();
  }

  private onLive(): void {
    this.sender.resume();
    if (this.open) this.connection.send({ type: 'looking', conversation: this.open.id });
  }

  /** What has come back as an entry is no longer on its way. */
  private settle(): void {
    if (this.open?.model) this.sender.settle(this.open.model.entries);
  }

  /** What became of an entry that I have sent or changed, ahead of its event. */
  sent(sent: Sent): void {
    if ('direct' in sent) return this.talks.sent(sent);
    const { entry, conversation } = sent;
    // It went with an earlier attempt, and so has the conversation since: an event or a fetch says where.
    if (conversation === null) return;
    if (this.open?.id === conversation.id) this.open.answered(entry, conversation);
    const was = this.model && lists.find(this.model, conversation.id)?.status;
    this.model = this.model && lists.withAnswer(this.model, conversation);
    if (was === 'waiting' && conversation.operator === this.me) this.follow(conversation.id);
  }

  /** I have claimed it: the list goes with the conversation that is on the screen. */
  private follow(id: number): void {
    if (this.claimed === id) return;
    this.claimed = id;
    this.gone.set(id, this.me);
    if (this.open?.id === id && this.list === 'waiting') this.list = 'attending';
  }

  /** Where one fetch has said that the open conversation is gone: the lists, fetched beside it, know better. */
  private meet(): void {
    if (!this.open || !this.model || !GONE.includes(this.open.phase)) return;
    if (lists.find(this.model, this.open.id)) void this.comeBack(this.open.id);
    else this.lost(this.open.id, this.open.takenBy, this.sender.takeAll(this.open.id));
  }

  private versionOf(id: number): number {
    if (isDirect(id)) return this.talks.lists.versionOf(-id);
    const pane = this.open?.id === id ? this.open.model?.conversation.version : undefined;
    return Math.max(pane ?? -1, this.model ? lists.versionOf(this.model, id) : -1);
  }

  /**
   * A request says that it is not mine. It may be older than an event that gave it to me: where more is known than as it was
   * `asked`, and it is there, that is the truth. `words` are those that were refused; null: all that is still to be sent.
   */
  private refused(id: number, operator: number | null, words: Words | null, asked: number, at?: number): void {
    if (isDirect(id)) return this.talks.lost(id, words ?? NO_WORDS, at);
    const there = (this.open?.id === id && this.open.model) || (this.model && lists.find(this.model, id));
    if (!there || this.versionOf(id) === asked) return this.lost(id, operator, words ?? this.sender.takeAll(id), at);
    for (const mode of MODES) if (words) this.drafts.keep(words[mode], mode, id, at);
    void this.comeBack(id);
  }

  /** `operator` null: it went where it is not mine to know. `pending` was written `at` that moment, what stands there now. */
  private lost(id: number, operator: number | null, pending: Words, at?: number): void {
    const typed = this.drafts.forget(id);
    for (const mode of MODES) this.drafts.keep(pending[mode], mode, id, at);
    for (const mode of MODES) this.drafts.keep(typed[mode], mode, id);
    editings.keep(id, this.drafts);
    this.model = this.model && lists.without(this.model, id);
    if (operator !== null) this.gone.set(id, operator);
    if (this.open?.id !== id) return;
    this.connection.send({ type: 'looking', conversation: null });
    if (operator !== null) this.open.take(operator);
    else if (this.open.phase !== 'missing' || this.open.department !== null || hasWords(this.drafts.keptOf(id)))
      this.open.leave();
  }
}
