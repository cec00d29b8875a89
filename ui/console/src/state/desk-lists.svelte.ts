/** The lists of the desk as components ask for them: rows, order and counts, of the department that is chosen. */
import type { ConsoleEvent, ConversationRow, Counts, DeskState, Draft, ListName, Mode, Person, Reply, Rules } from '@recado/shared/wire.ts';
import { SvelteMap } from 'svelte/reactivity';
import { abilitiesOf, type Abilities } from './abilities.ts';
import { call } from './backend.ts';
import { chosen } from './choices.svelte.ts';
import type { ConversationModel } from './conversation-model.ts';
import { departmentFilter } from './department-filter.svelte.ts';
import * as lists from './desk-model.ts';
import { amongColleagues } from './draft-shelf.ts';
import { Drafts } from './drafts.svelte.ts';
import { Shelf } from './fetched.svelte.ts';
import { Latest } from './latest.ts';
import { ListPages } from './list-pages.svelte.ts';
import { belongs, ENDED, keptIn, ofDepartment, OPEN, rowsOf } from './list-rows.ts';
import { NewChat } from './new-chat.svelte.ts';
import { ringing } from './ringing.ts';
import { Soon } from './soon.ts';
import { joined } from './words.ts';

const COUNT_AFTER_MS = 500;
/** Whoever changes one often changes more; not all pages fetch at the same moment. */
const REPLIES_AFTER_MS = 1_000;

export class DeskLists {
  readonly me: number;
  readonly pages = new ListPages({ get: () => this.model, set: (model) => (this.model = model) });
  readonly drafts: Drafts;
  /** One with a customer that does not exist yet. */
  readonly fresh: NewChat;
  model = $state.raw<lists.DeskModel | null>(null);
  /** The lists before all was last fetched. */
  protected before: lists.DeskModel | null = null;
  list = $state<ListName>('waiting');
  /** Who has taken what stood in my lists, for the place a row leaves behind. */
  readonly gone = new SvelteMap<number, number>();
  /** The texts that are sent again and again: fetched when somebody begins to write, and then kept true. */
  readonly replies = new Shelf<Reply>('/replies');
  private readonly renewReplies = new Soon(() => void this.replies.load(), () => REPLIES_AFTER_MS * (1 + Math.random()));
  private readonly counting = new Latest();
  private readonly drafting = new Latest();
  /** Half a second after the first event that makes the counts unsure. */
  protected readonly recount = new Soon(() => this.fetchCounts(), () => COUNT_AFTER_MS);

  constructor(me: number) {
    this.me = me;
    this.drafts = new Drafts(me, (id) => this.nameOf(id));
    this.fresh = new NewChat(me);
  }

  /** What a fetch of the desk tells every page of mine: my choices, and who has waited for too long. */
  protected learn({ notices, waiting }: DeskState): void {
    chosen.take(notices);
    ringing.knows(waiting.items);
  }

  person(id: number | null): Person | null {
    return id === null ? null : (this.model?.people.get(id) ?? null);
  }

  /** Whom a conversation is with, also where it has just gone; undefined where it is not known, or was never told. */
  protected nameOf(id: number): string | undefined {
    const row = [this.model, this.before].map((model) => model && lists.find(model, id)).find(Boolean);
    return row?.customer.name ?? undefined;
  }

  /** The rules of a department of mine. */
  rules(department: number): Rules | null {
    return this.model?.rules.get(department) ?? null;
  }

  /** Whether what is shown has an archive: that of the department that is chosen, else of any of mine. */
  get hasArchive(): boolean {
    const { department } = departmentFilter;
    if (department !== null) return this.rules(department)?.archive ?? false;
    return this.model !== null && lists.hasArchive(this.model);
  }

  /** A list that there is no more gives way to its neighbour. */
  protected leaveArchive(): void {
    if (this.list === 'archive' && !this.hasArchive) this.list = 'closed';
  }

  /** A conversation that is opened by its address, a notice or the palette stands in the list beside it. */
  protected showListOf(id: number): void {
    if (this.row(id, this.list)) return;
    this.list = [...OPEN, ...ENDED].find((list) => this.row(id, list)) ?? this.list;
  }

  /** The rows of a list, of the department that is chosen. */
  rows(list: ListName): readonly ConversationRow[] {
    return ofDepartment(this.all(list), departmentFilter.department);
  }

  /** The rows of a list, of all my departments. */
  all(list: ListName): readonly ConversationRow[] {
    return this.model ? rowsOf(this.model, list) : [];
  }

  /** A conversation where it stands in this list. */
  row(id: number, list: ListName): ConversationRow | undefined {
    const row = this.model ? keptIn(this.model, list).get(id) : undefined;
    const { department } = departmentFilter;
    if (!row || !belongs(this.model!, row, list)) return undefined;
    return department === null || row.department.id === department ? row : undefined;
  }

  count(list: lists.Counted): number {
    return departmentFilter.department === null ? this.total(list) : this.rows(list).length;
  }

  /** How many stand in a list, whichever department is chosen. */
  total(list: lists.Counted): number {
    return this.model ? lists.countOf(this.model, list) : 0;
  }

  /** How many are for me to look at: those that wait, and those of mine whose customer has written. */
  readonly toSee = $derived.by(() => this.total('waiting') + this.news);
  readonly news = $derived.by(() => (this.model ? lists.newsIn(this.model) : 0));

  unread(row: ConversationRow): number {
    return this.model ? lists.unreadOf(this.model, row) : 0;
  }

  /** Shows the lists of one department, null for all. The archive goes by departments at the server, so it begins anew. */
  choose(department: number | null): void {
    departmentFilter.choose(department);
    this.model = this.model && lists.withoutArchive(this.model);
    this.leaveArchive();
  }

  /** What I may do with a conversation that I read. */
  abilities({ conversation, circle }: ConversationModel): Abilities {
    const inside = this.model?.rules.has(conversation.department.id);
    return abilitiesOf(conversation, this.me, circle.lookers, inside ?? false);
  }

  /** Words go on behind what is being written there. */
  goOn(id: number, words: string, mode: Mode): void {
    if (words.trim() !== '') this.drafts.set(id, joined(this.drafts.get(id, mode), words), mode);
  }

  wantReplies(): void {
    if (this.replies.found === null) void this.replies.load();
  }

  /** What is told of things that are fetched by themselves. */
  protected changedAside({ type }: ConsoleEvent): void {
    if (type === 'replies.changed' && this.replies.found !== null) this.renewReplies.ask();
    if (type === 'drafts.changed') this.fetchDrafts();
  }

  private fetchDrafts(): void {
    const began = this.drafts.moment;
    const take = ([drafts, talks]: [Draft[], Draft[]]): void => {
      this.drafts.takeOver(drafts, began);
      this.drafts.takeOver(amongColleagues(talks), began, true);
    };
    void this.drafting.run(Promise.all([call<Draft[]>('GET', '/drafts'), call<Draft[]>('GET', '/directs/drafts')]), take, () => undefined);
  }

  private fetchCounts(): void {
    const { turn } = this.pages;
    void this.counting.run(
      call<Counts>('GET', '/counts'),
      // A fetch of everything that has come meanwhile counts later.
      (counts) => (this.model = this.model && turn === this.pages.turn ? { ...this.model, counts } : this.model),
      () => undefined,
    );
  }

  /** What was being written to the customer finds no composer any more: it is kept as words that were not sent. */
  protected ended(id: number): void {
    this.drafts.keep(this.drafts.forgetOne(id, 'answer'), 'answer', id);
  }

  protected seen(row: ConversationRow): void {
    this.model = this.model && lists.withSeen(this.model, row.id, row.inbound_count);
  }
}
