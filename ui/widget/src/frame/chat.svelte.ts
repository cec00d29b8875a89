/**
 * The chat's state, and everything that changes it: the session, the live connection, the outbox, what the visitor does.
 *
 * Components read it and call its methods; they never fetch.
 */
import { ApiProblem } from '@recado/shared/api.ts';
import { connect, type Live, type LiveEvent, type LiveState, type RefetchReason } from '@recado/shared/live.ts';
import { browserOutboxWorld } from '@recado/shared/outbox-keep.ts';
import { Outbox, type Outcome, type Pending } from '@recado/shared/thread.ts';
import type { VisitState, WidgetConversation, WidgetEntry, WidgetEvent } from '@recado/shared/wire.ts';
import { answered, findChapter, hear, merge, openChapter, unread, type Chapter, type Chapters } from './chapters.ts';
import { Draft } from './draft.svelte.ts';
import type { Host, Start } from './host.ts';
import { Questions } from './questions.svelte.ts';
import { Link } from './link.svelte.ts';
import { judge, post, type Extra } from './sending.ts';
import { Session } from './session.ts';
import { openStorage } from './storage.ts';
import { Typing } from './typing.svelte.ts';

/** All of one visitor go in one line: they belong to one conversation at a time. */
const LINE = 'chat';
const PREVIEW_LENGTH = 160;
const SIGNED_OUT = 4401;
const always = (): boolean => true;

interface PageOfEntries {
  epoch: string;
  conversation: WidgetConversation;
  entries: WidgetEntry[];
  more: boolean;
}

type Changes = Omit<PageOfEntries, 'more'> & { start_over: boolean };

export class Chat {
  visit: VisitState | null = $state.raw(null);
  chapters: Chapters = $state.raw([]);
  pending: readonly Pending<Extra>[] = $state.raw([]);
  open = $state.raw(false);
  /** True once everything newest has been fetched: only then is an empty thread really empty. */
  loaded = $state.raw(false);
  /** Set while the server holds this visitor's messages back. */
  limitedUntil = $state.raw(0);
  /** The newest answer that came while the page was there, for the live region. */
  news: { name: string; body: string } | null = $state.raw(null);
  readonly draft: Draft;
  readonly link = new Link();
  readonly typing = new Typing();
  readonly questions = new Questions();

  private readonly host: Host;
  private readonly session: Session;
  private readonly outbox: Outbox<Extra>;
  private live: Live | null = null;
  private epoch: string | null = null;
  private known: readonly WidgetConversation[] = [];
  private readonly read = new Map<string, number>();
  private readonly told = new Map<string, number>();

  /** Goes on at once where there was a chat before, else when it is first opened. */
  constructor(inbox: string, host: Host, { kept }: Start) {
    this.host = host;
    this.session = new Session(host, inbox, {
      arrived: (visit) => this.arrived(visit),
      refused: (code) => this.refused(code),
    });
    const storage = openStorage(host, kept);
    // One storage serves all of a site's subdomains, but each origin has a visitor of its own.
    const scope = `${host.site}/${inbox}`;
    this.draft = new Draft(scope, storage);
    const onChange = (items: readonly Pending<Extra>[]): void => void (this.pending = items);
    this.outbox = new Outbox<Extra>({ scope, send: (item) => this.send(item), onChange }, browserOutboxWorld(storage));
    host.whenToggled((open) => this.toggled(open));
    if (kept[''] !== undefined) this.connect();
  }

  /** Sends what stands in the box; false when a question must be answered first. */
  say(): boolean {
    if (this.asking && !this.questions.check(this.visit)) return false;
    this.outbox.add(LINE, this.draft.text, this.questions.answers(this.visit));
    this.draft.text = '';
    return true;
  }

  /** True while the questions are shown: before the first message, once, as far as the inbox asks and does not know. */
  get asking(): boolean {
    const begun = this.chapters.length > 0 || this.pending.length > 0;
    return this.loaded && !begun && this.questions.due(this.visit);
  }

  retry(id: string): void {
    this.outbox.retry(id);
  }

  /** Puts an unsent text back into the box. */
  takeBack(id: string): void {
    this.draft.giveBack(this.outbox.take(id) ?? '');
  }

  discard(id: string): void {
    this.outbox.take(id);
  }

  retryNow(): void {
    this.live?.retryNow();
    this.outbox.resume();
  }

  close(): void {
    this.host.tell({ type: 'close' });
  }

  /** The visitor has changed what stands in the box. */
  type(text: string): void {
    this.draft.text = text;
    const conversation = openChapter(this.chapters)?.conversation.id;
    if (conversation !== undefined) this.typing.own(() => this.live?.send({ type: 'typing', conversation }) ?? false);
  }

  /** Everything down to the end has been on the screen. */
  seen(): void {
    const last = this.chapters.at(-1);
    const seq = last?.entries.findLast((entry) => entry.author.kind === 'operator')?.seq ?? 0;
    if (
      last === undefined ||
      seq <= Math.max(last.conversation.visitor_read, this.read.get(last.conversation.id) ?? 0)
    ) {
      return;
    }
    const { id } = last.conversation;
    this.read.set(id, seq);
    this.tellUnread();
    // A mark that does not get through is made again with the next look.
    this.session.request('POST', `/conversations/${id}/read`, { seq }).catch(() => this.read.delete(id));
  }

  /** Fetches what lies before the oldest shown; false when there is nothing. */
  async older(): Promise<boolean> {
    const first = this.chapters[0];
    if (first === undefined) return false;
    if (first.more) {
      const before = first.entries[0]?.seq ?? 1;
      const path = `/conversations/${first.conversation.id}/entries?before=${before}&limit=50`;
      const page = await this.session.request<{ entries: WidgetEntry[]; more: boolean }>('GET', path);
      this.chapters = merge(this.chapters, first.conversation, page.entries, page.more);
      return true;
    }
    const earlier = this.known.find(({ id, opened_at }) => {
      return opened_at <= first.conversation.opened_at && findChapter(this.chapters, id) === undefined;
    });
    if (earlier !== undefined) await this.load(earlier.id);
    return earlier !== undefined;
  }

  private toggled(open: boolean): void {
    this.open = open;
    if (!open) return;
    this.connect();
    this.live?.retryNow();
  }

  private connect(): void {
    this.live ??= connect({
      url: '/api/v1/widget/socket',
      hello: async () => ({ type: 'hello', token: await this.session.token() }),
      onEvent: (event) => this.hear(event),
      onState: (state, retryInMs) => this.linked(state, retryInMs),
      refetch: (reason, isCurrent) => this.refetch(reason, isCurrent),
      onClose: (code) => {
        if (code !== SIGNED_OUT) return undefined;
        this.session.expire();
        return 'retry';
      },
    });
  }

  /** The inbox is not for this site: the chat withdraws quietly. */
  private refused(code: string): void {
    this.live?.close();
    this.outbox.close();
    this.host.tell({ type: 'gone', code });
  }

  private arrived(visit: VisitState): void {
    this.visit = visit;
    const last = this.chapters.at(-1)?.conversation.id;
    // Another visitor than before: the key was lost meanwhile. Nothing of the former one stays.
    if (last !== undefined && visit.conversations.every(({ id }) => id !== last)) this.chapters = [];
    this.known = visit.conversations;
    const newest = visit.conversations[0];
    this.epoch ??= visit.epoch;
    // Shown while the socket still opens; what it misses comes with the fetch after hello.
    if (newest === undefined) this.loaded = true;
    else if (!this.loaded) this.load(newest.id).catch(() => undefined);
  }

  private linked(state: LiveState, retryInMs?: number): void {
    this.link.set(state, retryInMs);
    if (state === 'live' || state === 'polling') this.outbox.resume();
  }

  private async refetch(reason: RefetchReason, isCurrent: () => boolean): Promise<void> {
    type Known = Pick<VisitState, 'epoch' | 'conversations'>;
    const list = await this.session.request<Known>('GET', '/conversations');
    if (!isCurrent()) return;
    if (reason === 'epoch' || list.epoch !== this.epoch) this.chapters = [];
    this.epoch = list.epoch;
    this.known = list.conversations;
    const oldest = this.chapters[0]?.conversation.opened_at ?? Infinity;
    for (const [index, conversation] of list.conversations.entries()) {
      const chapter = findChapter(this.chapters, conversation.id);
      if (chapter !== undefined) await this.catchUp(chapter, conversation.version, isCurrent);
      else if (index === 0 || conversation.opened_at > oldest) await this.load(conversation.id, isCurrent);
      if (!isCurrent()) return;
    }
    this.loaded = true;
  }

  private async catchUp({ conversation }: Chapter, newest: number, isCurrent = always): Promise<void> {
    const { id, version } = conversation;
    if (version === newest) return;
    const path = `/conversations/${id}/changes?since=${version}&epoch=${encodeURIComponent(this.epoch ?? '')}`;
    const changes = await this.session.request<Changes>('GET', path);
    if (!isCurrent()) return;
    if (changes.start_over) {
      this.chapters = this.chapters.filter((chapter) => chapter.conversation.id !== id);
      await this.load(id, isCurrent);
    } else this.takeOver(merge(this.chapters, changes.conversation, changes.entries));
  }

  private async load(id: string, isCurrent = always): Promise<void> {
    const page = await this.session.request<PageOfEntries>('GET', `/conversations/${id}`);
    if (!isCurrent()) return;
    this.takeOver(merge(this.chapters, page.conversation, page.entries, page.more));
    this.loaded = true;
  }

  private hear(event: LiveEvent): 'gap' | void {
    const told = event as unknown as WidgetEvent;
    if (told.type === 'typing') this.typing.show(told.name);
    if (!('conversation' in told) || told.type === 'typing') return undefined;
    const heard = hear(this.chapters, told);
    if (heard === 'gap') return 'gap';
    this.takeOver(heard);
    return undefined;
  }

  /** Everything that changes the chapters' newest end passes here. */
  private takeOver(chapters: Chapters): void {
    this.chapters = chapters;
    const fresh: WidgetEntry[] = [];
    for (const { conversation, entries } of chapters) {
      const last = this.told.get(conversation.id);
      if (last !== undefined)
        fresh.push(...entries.filter(({ seq, author }) => seq > last && author.kind === 'operator'));
      this.told.set(conversation.id, Math.max(last ?? 0, entries.at(-1)?.seq ?? 0));
    }
    this.outbox.settle(chapters.flatMap(({ entries }) => entries.map((entry) => entry.client_id)));
    const newest = fresh.at(-1);
    if (newest !== undefined) {
      this.typing.show(null);
      this.news = { name: newest.author.name ?? '', body: newest.body };
    }
    this.tellUnread();
  }

  private tellUnread(): void {
    const { count, newest } = unread(this.chapters, this.read);
    const text = [...(newest?.body ?? '').slice(0, PREVIEW_LENGTH)].join('');
    this.host.tell({ type: 'unread', count, name: newest?.author.name ?? '', text });
  }

  private async send(item: Pending<Extra>): Promise<Outcome> {
    try {
      const { conversation, entry } = await post(this.session, openChapter(this.chapters)?.conversation.id, item);
      this.limitedUntil = 0;
      this.takeOver(answered(this.chapters, conversation, entry));
      const chapter = findChapter(this.chapters, conversation.id);
      // The bubble must not vanish between the outbox and an entry that is still to be fetched.
      if (chapter === undefined) await this.load(conversation.id);
      else if (chapter.conversation.version < conversation.version) await this.catchUp(chapter, conversation.version);
      return { kind: 'sent' };
    } catch (problem) {
      const outcome = judge(problem);
      return problem instanceof ApiProblem ? this.explain(item, problem, outcome) : outcome;
    }
  }

  private explain(item: Pending<Extra>, problem: ApiProblem, outcome: Outcome): Outcome {
    if (problem.code === 'too_many' && outcome.kind === 'retry')
      this.limitedUntil = Date.now() + (outcome.afterMs ?? 0);
    if (outcome.kind !== 'refused' || !this.questions.blame(problem.errors)) return outcome;
    // An answer above the box is wrong, not the text: it goes back into the box.
    this.draft.giveBack(item.body);
    return { kind: 'withdrawn' };
  }
}
