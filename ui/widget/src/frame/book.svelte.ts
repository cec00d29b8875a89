/**
 * The visitor's conversations as this page knows them: fetched, followed by events, caught up after a loss.
 */
import type { LiveEvent, RefetchReason } from '@recado/shared/live.ts';
import type { VisitState, WidgetConversation, WidgetEntry, WidgetEvent, WidgetList } from '@recado/shared/wire.ts';
import { answered, findChapter, hear, merge, openChapter, saidIn, unread, type Chapter, type Chapters } from './chapters.ts';
import type { Answer } from './sending.ts';
import type { Session } from './session.ts';

interface PageOfEntries {
  epoch: string;
  conversation: WidgetConversation;
  entries: WidgetEntry[];
  more: boolean;
}

type Changes = Omit<PageOfEntries, 'more'> & { start_over: boolean };
const always = (): boolean => true;

export class Book {
  chapters: Chapters = $state.raw([]);
  /** True once everything newest has been fetched: only then is an empty thread really empty. */
  loaded = $state.raw(false);
  #fetched: Omit<WidgetList, 'epoch'> = $state.raw({ conversations: [], lines: {}, names: {} });
  readonly #session: Session;
  readonly #changed: (fresh: readonly WidgetEntry[]) => void;
  #epoch: string | null = null;
  readonly #told = new Map<string, number>();
  readonly #read = new Map<string, number>();

  /** `changed` is told of every change, with the operators' entries that have come since the one before. */
  constructor(session: Session, changed: (fresh: readonly WidgetEntry[]) => void) {
    this.#session = session;
    this.#changed = changed;
  }

  /** The one that is open, else the newest. */
  get current(): Chapter | undefined {
    return openChapter(this.chapters) ?? this.chapters.at(-1);
  }

  /** All of the visitor's conversations, newest first, the beginning of each one's newest entry, and who last answered. */
  get list(): Omit<WidgetList, 'epoch'> {
    const shown = this.chapters.map(({ conversation }) => conversation);
    const known = new Map([...this.#fetched.conversations, ...shown].map((one) => [one.id, one]));
    const newest = this.chapters.map(({ conversation, entries }) => [conversation.id, saidIn(entries.findLast(({ gone }) => !gone))]);
    const names = this.chapters.flatMap(({ conversation, entries }) => {
      const name = entries.findLast(({ author }) => author.name)?.author.name;
      return name ? [[conversation.id, name]] : [];
    });
    return {
      conversations: [...known.values()].sort((a, b) => b.opened_at - a.opened_at),
      lines: { ...this.#fetched.lines, ...Object.fromEntries(newest) },
      names: { ...this.#fetched.names, ...Object.fromEntries(names) },
    };
  }

  arrived({ conversations, epoch }: VisitState): void {
    const last = this.chapters.at(-1)?.conversation.id;
    // Another visitor than before: the key was lost meanwhile. Nothing of the former one stays.
    if (last !== undefined && conversations.every(({ id }) => id !== last)) {
      this.#told.clear();
      this.#read.clear();
      this.#fetched = { conversations, lines: {}, names: {} };
      this.#takeOver([]);
    }
    this.#fetched = { ...this.#fetched, conversations };
    this.#epoch ??= epoch;
    const newest = conversations[0];
    // Shown while the socket still opens; what it misses comes with the fetch after hello.
    if (newest === undefined) this.loaded = true;
    else if (!this.loaded) this.load(newest.id).catch(() => undefined);
  }

  async refetch(reason: RefetchReason, isCurrent: () => boolean): Promise<void> {
    const list = await this.#session.request<WidgetList>('GET', '/conversations');
    if (!isCurrent()) return;
    if (reason === 'epoch' || list.epoch !== this.#epoch) this.chapters = [];
    this.#epoch = list.epoch;
    this.#fetched = list;
    const oldest = this.chapters[0]?.conversation.opened_at ?? Infinity;
    for (const [index, conversation] of list.conversations.entries()) {
      const chapter = findChapter(this.chapters, conversation.id);
      if (chapter !== undefined) await this.#catchUp(chapter, conversation.version, isCurrent);
      else if (index === 0 || conversation.status === 'open' || conversation.opened_at > oldest)
        await this.load(conversation.id, isCurrent);
      if (!isCurrent()) return;
    }
    this.loaded = true;
  }

  hear(event: LiveEvent): 'gap' | void {
    const told = event as unknown as WidgetEvent;
    if (!('conversation' in told) || told.type === 'typing') return undefined;
    const heard = hear(this.chapters, told);
    if (heard === 'gap') return 'gap';
    this.#takeOver(heard);
    return undefined;
  }

  /** What a message of ours was answered with. */
  async answered({ conversation, entry }: Answer): Promise<void> {
    this.#takeOver(answered(this.chapters, conversation, entry));
    const chapter = findChapter(this.chapters, conversation.id);
    // The bubble must not vanish between the outbox and an entry that is still to be fetched.
    if (chapter === undefined) await this.load(conversation.id);
    else if (chapter.conversation.version < conversation.version) await this.#catchUp(chapter, conversation.version);
  }

  /** Fetches what lies before the oldest shown of a chapter; in vain where that changes meanwhile. */
  async older(chapter: Chapter): Promise<void> {
    const { conversation, entries } = chapter;
    const path = `/conversations/${conversation.id}/entries?before=${entries[0]?.seq}`;
    const page = await this.#session.request<{ entries: WidgetEntry[]; more: boolean }>('GET', path);
    // Begun anew meanwhile, it may lie too far away; and what changed in it meanwhile was not taken.
    if (this.chapters.includes(chapter)) this.chapters = merge(this.chapters, conversation, page.entries, page.more);
  }

  async load(id: string, isCurrent = always): Promise<void> {
    const page = await this.#session.request<PageOfEntries>('GET', `/conversations/${id}`);
    if (!isCurrent()) return;
    this.#takeOver(merge(this.chapters, page.conversation, page.entries, page.more));
    this.loaded = true;
  }

  /** All that there is of a chapter has been on the screen. */
  seen({ conversation, entries }: Chapter): void {
    const seq = entries.findLast((entry) => entry.author.kind === 'operator')?.seq ?? 0;
    const { id, visitor_read } = conversation;
    if (seq <= Math.max(visitor_read, this.#read.get(id) ?? 0)) return;
    this.#read.set(id, seq);
    this.#changed([]);
    // A mark that does not get through is made again with the next look.
    this.#session.request('POST', `/conversations/${id}/read`, { seq }).catch(() => this.#read.delete(id));
  }

  unread(): ReturnType<typeof unread> {
    return unread(this.chapters, this.#read);
  }

  async #catchUp({ conversation }: Chapter, newest: number, isCurrent = always): Promise<void> {
    const { id, version } = conversation;
    if (version === newest) return;
    const path = `/conversations/${id}/changes?since=${version}&epoch=${encodeURIComponent(this.#epoch ?? '')}`;
    const changes = await this.#session.request<Changes>('GET', path);
    if (!isCurrent()) return;
    if (changes.start_over) {
      this.chapters = this.chapters.filter((chapter) => chapter.conversation.id !== id);
      await this.load(id, isCurrent);
    } else this.#takeOver(merge(this.chapters, changes.conversation, changes.entries));
  }

  /** Everything that changes the chapters' newest end passes here. */
  #takeOver(chapters: Chapters): void {
    this.chapters = chapters;
    const fresh: WidgetEntry[] = [];
    for (const { conversation, entries } of chapters) {
      const last = this.#told.get(conversation.id);
      if (last !== undefined)
        fresh.push(...entries.filter(({ seq, author }) => seq > last && author.kind === 'operator'));
      this.#told.set(conversation.id, Math.max(last ?? 0, entries.at(-1)?.seq ?? 0));
    }
    this.#changed(fresh);
  }
}
