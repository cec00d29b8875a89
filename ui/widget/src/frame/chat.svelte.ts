/**
 * The chat's state, and everything that changes it: the session, the live connection, the outbox, what the visitor does,
 * what the site's page asks for. Components read it and call its methods; they never fetch.
 */
import { ApiProblem } from '@recado/shared/api.ts';
import { openChannel } from '@recado/shared/channel.ts';
import { connect, type Live, type LiveEvent, type LiveState } from '@recado/shared/live.ts';
import { browserOutboxWorld, sweep, type KeyStore } from '@recado/shared/outbox-keep.ts';
import { Outbox, type Outcome, type Pending } from '@recado/shared/thread.ts';
import type { Attachment, VisitState, WidgetEntry, WidgetEvent } from '@recado/shared/wire.ts';
import type { ToFrame } from '../protocol.ts';
import { about, watch } from './around.ts';
import { attach } from './attach.ts';
import { Book } from './book.svelte.ts';
import { findChapter, openChapter, type Chapter } from './chapters.ts';
import { Draft } from './draft.svelte.ts';
import type { Host, Start } from './host.ts';
import { Questions } from './questions.svelte.ts';
import { Later } from './later.svelte.ts';
import { Link } from './link.svelte.ts';
import { Peek } from './peek.svelte.ts';
import { judge, post, type Extra } from './sending.ts';
import { Session } from './session.ts';
import { openStorage } from './storage.ts';
import { Typing } from './typing.svelte.ts';
import { tellAway, voice } from './voice.ts';

/** All of one visitor go in one line: they belong to one conversation at a time. */
const LINE = 'chat';
const SIGNED_OUT = 4401;

export class Chat {
  visit: VisitState | null = $state.raw(null);
  pending: readonly Pending<Extra>[] = $state.raw([]);
  open = $state.raw(false);
  /** An earlier conversation that is being read, by its id; null for the one that goes on. */
  chosen: string | null = $state.raw(null);
  /** True while the list of conversations stands in the place of one. */
  listing = $state.raw(false);
  /** What the site has signed does not hold any more: what is written is kept until it signs anew. */
  expired = $state.raw(false);
  /** Set while the server holds this visitor's messages back. */
  limitedUntil = $state.raw(0);
  /** The newest answer that came while the page was there, as long as it says so, for the live region. */
  news: WidgetEntry | undefined = $state.raw();
  /** Files wait above the box: hangs their line there, and sends them with what stands in it, where they can go. */
  above: { hang: () => void; send: (() => void) | null } | null = $state.raw(null);
  readonly book: Book;
  readonly draft: Draft;
  readonly later = new Later();
  readonly link = new Link();
  readonly typing = new Typing();
  readonly peek: Peek;
  readonly questions: Questions;

  readonly #host: Host;
  readonly session: Session;
  /** The site's origin and the inbox: what all that is typed here lies under. */
  readonly #scope: string;
  readonly #storage: KeyStore;
  readonly #outbox: Outbox<Extra>;
  readonly #others: BroadcastChannel | null;
  #forgottenElsewhere = false;
  #live: Live | null = null;
  #unread = 0;

  /** Goes on at once where there was a chat before, else when it is first opened. */
  constructor(inbox: string, host: Host, { kept, identity }: Start) {
    this.#host = host;
    this.peek = new Peek(host);
    this.session = new Session(host, inbox, identity, {
      arrived: (visit) => this.#arrived(visit),
      refused: (code) => this.#refused(code),
      expired: () => {
        // Once, however often the site then signs what does not hold: its page must not run in circles.
        if (!this.expired) host.tell({ type: 'expired' });
        this.expired = true;
      },
    });
    this.book = new Book(this.session, (fresh) => this.#changed(fresh));
    this.#storage = openStorage(host, kept);
    this.#scope = `${host.site}/${inbox}`;
    // One storage serves all of a site's subdomains and users; each origin and user of it is a visitor apart.
    const scope = this.#scope + (this.session.user && `#${this.session.user}`);
    this.draft = new Draft(scope, this.#storage);
    this.questions = new Questions(this.#storage, `recado:draft:${scope}?`);
    const onChange = (items: typeof this.pending): void => void (this.pending = items);
    this.#outbox = new Outbox({ scope, send: (item) => this.#send(item), onChange }, browserOutboxWorld(this.#storage));
    this.#others = openChannel(`recado ${this.#scope}`);
    this.#others?.addEventListener('message', () => {
      this.#forgottenElsewhere = true;
      host.tell({ type: 'forget' });
    });
    host.hear((message) => this.#told(message));
    if (kept[''] !== undefined || (kept[':known'] !== undefined && this.session.user)) this.#connect();
  }

  /** What is shown: the conversation that was chosen, else the open one, else the newest. */
  get chapter(): Chapter | undefined {
    return (this.chosen === null ? undefined : findChapter(this.book.chapters, this.chosen)) ?? this.book.current;
  }

  /** True while an old conversation is read and another is open: what is written belongs there. */
  get aside(): boolean {
    const open = openChapter(this.book.chapters);
    return open !== undefined && open !== this.chapter;
  }

  /** What is shown as on its way below the conversation. */
  get unsent(): readonly Pending<Extra>[] {
    const id = this.chapter?.conversation.id;
    return this.chapter === this.book.current ? this.pending : this.pending.filter(({ extra }) => extra.to === id);
  }

  /** Sends what stands in the box, or files with their text, or a recording by its `id`; false when a question must be answered first. */
  say(text?: string, files?: readonly Attachment[], id?: string): boolean {
    if (this.asking && !this.questions.check(this.visit)) return false;
    const to = this.chapter?.conversation.id;
    this.#outbox.add(LINE, text ?? this.draft.take(), { ...this.questions.answers(), ...(to && { to }), files }, id);
    return true;
  }

  /** True while the questions are shown: before the first message, or when the server wants an answer before a new one. */
  get asking(): boolean {
    const begun = this.book.chapters.length > 0 || this.pending.length > 0;
    return this.book.loaded && (!begun || this.questions.blamed) && this.questions.asked(this.visit).length > 0;
  }

  /** Who is asked about while the chat is shown; empty while it is not. */
  get watched(): string {
    const { id, department } = this.chapter?.conversation ?? {};
    if (!this.open || !this.book.loaded || !this.link.well) return '';
    return about(id, department ?? this.questions.typed['department']);
  }

  /** Keeps up with who is there, until it is called off. */
  watch(whom: string): () => void {
    return watch(this.session, whom, (around) => (this.visit &&= { ...this.visit, ...around }));
  }

  retry = (id: string): void => this.#outbox.retry(id);

  /** Puts an unsent text back into the box. */
  takeBack(item: Pending<Extra>): void {
    if (item.extra.files) return attach(this, 'back', [], item);
    this.draft.giveBack(this.#outbox.take(item.id) ?? '');
  }

  discard = (id: string): void => void this.#outbox.take(id);

  retryNow(): void {
    this.#live?.retryNow();
    this.#outbox.resume();
  }

  close = (): void => this.#host.tell({ type: 'close' });

  /** Shows a conversation of the list, or the one that goes on. */
  choose(id: string | null): void {
    this.listing = false;
    this.chosen = id === this.book.current?.conversation.id ? null : id;
    if (id !== null && findChapter(this.book.chapters, id) === undefined) this.book.load(id).catch(() => this.goBack());
  }

  showList = (): void => void (this.listing = true);

  /** To the list from one of its conversations, and from the list to the conversation that goes on. */
  goBack(): void {
    this.listing = !this.listing && this.chosen !== null;
    this.chosen = null;
  }

  /** The visitor has changed what stands in the box. */
  type(text: string): void {
    this.draft.text = text;
    const conversation = openChapter(this.book.chapters)?.conversation.id;
    if (conversation !== undefined) this.typing.own(() => this.#live?.send({ type: 'typing', conversation }) ?? false);
  }

  /** Everything down to the end has been on the screen. */
  seen(): void {
    if (this.chapter !== undefined) this.book.seen(this.chapter);
  }

  #told(message: ToFrame): void {
    if (message.type === 'opened' || message.type === 'closed') this.#toggled(message.type === 'opened');
    else if (message.type === 'text') this.draft.offer(String(message.value));
    else if (message.type === 'identify') this.#identify(message.value);
    else if (message.type === 'forget') void this.#forget();
  }

  #toggled(open: boolean): void {
    this.open = open;
    if (!open) return;
    this.peek.entry = null;
    this.#connect();
    this.#live?.retryNow();
  }

  /** Another user of the site is another visitor: nothing of the one before is there for them. */
  #identify(token: unknown): void {
    const user = this.session.identify(token);
    if (user === this.session.user) this.retryNow();
    else if (user !== '') location.reload();
  }

  /** Also what was typed before signing in, or by other users of the site. */
  async #forget(): Promise<void> {
    this.#live?.close();
    const left = { type: 'warn', text: 'forget: unsent texts may be left' } as const;
    await this.#outbox.clear(`recado:out:${this.#scope}`).catch(() => this.#host.tell(left));
    sweep(this.#storage, `recado:draft:${this.#scope}`);
    await voice(this, 'forget', this.#scope);
    if (!this.#forgottenElsewhere) this.#others?.postMessage(0);
    location.reload();
  }

  #connect(): void {
    this.#live ??= connect({
      url: '/api/v1/widget/socket',
      hello: async () => ({ type: 'hello', token: await this.session.token() }),
      onEvent: (event) => this.#hear(event),
      onState: (state, retryInMs) => this.#linked(state, retryInMs),
      refetch: (reason, isCurrent) => this.book.refetch(reason, isCurrent),
      onClose: (code) => {
        if (code !== SIGNED_OUT) return undefined;
        this.session.expire();
        return 'retry';
      },
    });
  }

  /** The inbox is not for this site: the chat withdraws quietly. */
  #refused(code: string): void {
    this.#live?.close();
    this.#outbox.close();
    this.#host.tell({ type: 'gone', code });
  }

  #arrived(visit: VisitState): void {
    this.visit = visit;
    this.expired = false;
    // By this the loader knows, on the next page, that there is something to be looked after.
    if (visit.visitor.verified && visit.conversations.length > 0)
      this.#host.tell({ type: 'keep', name: ':known', text: '1' });
    this.book.arrived(visit);
  }

  #linked(state: LiveState, retryInMs?: number): void {
    this.link.set(state, retryInMs);
    if (state === 'live' || state === 'polling') this.#outbox.resume();
  }

  #hear(event: LiveEvent): 'gap' | void {
    const told = event as unknown as WidgetEvent;
    if (told.type === 'typing') this.typing.show(told.name);
    if ('blocked' in told) this.visit &&= { ...this.visit, blocked: told.blocked };
    return this.book.hear(event);
  }

  #changed(fresh: readonly WidgetEntry[]): void {
    const said = this.book.chapters.flatMap(({ entries }) => entries);
    this.#outbox.settle(said.map((entry) => entry.client_id));
    const [last, another] = [fresh.at(-1), this.book.chapters.length === 0];
    if (another) this.questions.forget();
    if (last || another) this.typing.show(null);
    if (last || !said.includes(this.news!)) this.news = last;
    if (last) this.#host.tell({ type: 'message', by: 'operator' });
    const { count, newest } = this.book.unread();
    if (count !== this.#unread) this.#host.tell({ type: 'unread', count });
    this.#unread = count;
    this.peek.show(this.open ? null : newest);
  }

  async #send(item: Pending<Extra>): Promise<Outcome> {
    try {
      const answer = await post(this.session, openChapter(this.book.chapters)?.conversation.id, item);
      this.limitedUntil = 0;
      this.questions.forget();
      await this.book.answered(answer);
      if (this.chosen !== answer.conversation.id) this.chosen = null;
      this.#host.tell({ type: 'message', by: 'visitor' });
      if (!this.visit?.answering.open || !this.visit.people[0]) void tellAway(this, item.extra.email);
      return { kind: 'sent' };
    } catch (problem) {
      const outcome = judge(problem);
      return problem instanceof ApiProblem ? this.#explain(item, problem, outcome) : outcome;
    }
  }

  #explain(item: Pending<Extra>, problem: ApiProblem, outcome: Outcome): Outcome {
    if (problem.code === 'too_many' && outcome.kind === 'retry') this.limitedUntil = Date.now() + (outcome.afterMs ?? 0);
    if (problem.code === 'blocked') this.visit &&= { ...this.visit, blocked: true };
    if (outcome.kind !== 'refused' || !this.questions.blame(problem.errors)) return outcome;
    // An answer above the box is wrong, not the text: it goes back into the box.
    this.takeBack(item);
    // Its files go back where the part for them is: until then they lie where they are.
    return item.extra.files ? outcome : { kind: 'withdrawn' };
  }
}
