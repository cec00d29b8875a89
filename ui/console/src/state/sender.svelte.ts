/** Answers and notes on their way: handed to the outbox, sent once, given back to the composer where they cannot be sent. */
import { announce } from '@recado/shared/announce.svelte.ts';
import { ApiProblem } from '@recado/shared/api.ts';
import { Outbox, type Outcome, type Pending } from '@recado/shared/thread.ts';
import type { UploadDoor } from '@recado/shared/upload.ts';
import { arrived, deliver, handBack } from '@recado/shared/voice/sending.ts';
import type { Attachment, ConversationRow, DirectSent, Entry, Mode, Upload } from '@recado/shared/wire.ts';
import { doorOf } from './attaching.svelte.ts';
import { once } from './backend.ts';
import { t } from './language.svelte.ts';
import { isDirect, pathOf } from './owners.ts';
import { session } from './session.svelte.ts';
import { isVoice, voice } from './voice.svelte.ts';
import { joined, NO_WORDS, type Words } from './words.ts';

export interface Answer {
  entry: Entry;
  /** Null where it was stored by an earlier attempt, and I read the conversation no longer. */
  conversation: ConversationRow | null;
}

/** What comes of a message, by whom it is for. */
export type Sent = Answer | DirectSent;

/**
 * What a note carries beside its text, and an answer: the quick reply that it was begun with, and as what it was written where
 * its places have been filled in; and what either answers to, and the files that go along.
 */
export type Extra = { quote?: number; files?: readonly Attachment[] } & (
  { kind: 'note'; mentions: readonly number[] } | { reply?: number | undefined; draft?: string | undefined }
);

export type Sending = Pending<Extra | null>;

export interface SenderEvents {
  onSent: (answer: Sent) => void;
  /**
   * It is not mine to write in any more, and who attends it where that is mine to know: `words` is what was not sent, written
   * `at` that moment in milliseconds.
   */
  onLost: (conversation: number, operator: number | null, words: Words, asked: number, at: number) => void;
  /** Up to which version a conversation is known: what is refused may be older than what has been heard since. */
  versionOf: (conversation: number) => number;
}

export class Sender {
  private readonly outbox: Outbox<Extra | null>;
  private readonly me: number;
  private readonly unwatch: () => void;
  private readonly events: SenderEvents;
  /** Files that have gone with a message of mine, by their ids, with its text. */
  private readonly gone = new Map<string, string>();
  items = $state.raw<readonly Sending[]>([]);

  constructor(me: number, events: SenderEvents) {
    this.me = me;
    this.events = events;
    this.unwatch = voice.watch(me);
    this.outbox = new Outbox<Extra | null>({
      scope: `console:${me}`,
      send: (item) => this.attempt(item),
      onChange: (items) => this.show(items),
    });
  }

  of(conversation: number): readonly Sending[] {
    return this.items.filter((item) => item.thread === String(conversation));
  }

  /** The first of a conversation that does not go by itself any more. */
  stuck(conversation: number): Sending | undefined {
    return this.of(conversation).find(isStuck);
  }

  /** All that does not go by itself any more. */
  get allStuck(): readonly Sending[] {
    return this.items.filter(isStuck);
  }

  /** `extra` null: an answer in one's own words; `id`: of the recording that it carries. */
  send(conversation: number, body: string, extra: Extra | null = null, id?: string): void {
    this.outbox.add(String(conversation), body, extra, id);
  }

  retry = (id: string): void => this.outbox.retry(id);
  /** Gives its text back; a recording goes back to where it was made. */
  take = (id: string): string => {
    if (this.items.some((item) => item.id === id && isVoice(item))) void handBack(id).then(() => (voice.back += 1));
    return this.outbox.take(id) ?? '';
  };
  settle = (entries: readonly Entry[]): void => {
    entries.forEach(this.remember);
    this.show(this.items);
    const ids = entries.map((entry) => entry.client_id);
    for (const item of this.items) if (isVoice(item) && ids.includes(item.id)) void arrived(item.id);
    this.outbox.settle(ids);
  };
  /** Nothing of what has gone from another window: it is refused here, or was already. */
  private show(items: readonly Sending[]): void {
    const gone = items.filter((item) => this.hasGone(item));
    this.items = gone.length > 0 ? items.filter((item) => !gone.includes(item)) : items;
    for (const { id, state, reason } of gone) if (state === 'failed' && reason === 'attachments') this.outbox.take(id);
  }

  /** Another window has sent the same draft in the same moment: files go once, and nothing else was to go. */
  private hasGone({ body, extra }: Sending): boolean {
    return Boolean(extra?.files?.length && extra.files.every(({ id }) => this.gone.get(id) === body));
  }

  private readonly remember = ({ client_id, body, attachments }: Entry): void => {
    if (client_id !== null) for (const { id } of attachments) this.gone.set(id, body);
  };

  resume = (): void => this.outbox.resume();
  close = (): void => (this.unwatch(), this.outbox.close());

  /**
   * Takes back what was given up on the way to a conversation that is lost. Of the rest nobody here knows whether the server
   * has it: each is sent once more, soon, and was then either stored before or comes back as lost.
   */
  takeAll(conversation: number): Words {
    const items = this.of(conversation).filter(isStuck);
    this.resume();
    const taken = (mode: Mode): string =>
      joined(...items.filter((item) => modeOf(item) === mode).map((item) => this.take(item.id)));
    return { answer: taken('answer'), note: taken('note') };
  }

  private async attempt(item: Sending): Promise<Outcome> {
    // Until its writer is signed in it rests, and keeps no other window from its turn.
    if (session.lapsed || session.me?.id !== this.me) return { kind: 'retry' };
    const id = Number(item.thread);
    const asked = this.events.versionOf(id);
    try {
      const { files } = item.extra ?? {};
      const post = (along?: readonly string[]): Promise<Sent | null> =>
        once('POST', `${pathOf(id)}/messages`, { client_id: item.id, body: item.body, ...askedOf(id, item.extra), attachments: along });
      const answer = isVoice(item) ? await deliver(item.id, doorIn(id), (file) => post([file]), async () => null) : await post(files?.map((file) => file.id));
      // What another tab has sent comes by itself.
      if (answer) {
        this.remember(answer.entry);
        this.show(this.items);
        this.events.onSent(answer);
        if (isVoice(item)) announce(t('voice.sent'));
      }
      return { kind: 'sent' };
    } catch (error) {
      return this.outcome(id, item, error, asked);
    }
  }

  private async outcome(id: number, item: Sending, error: unknown, asked: number): Promise<Outcome> {
    // The session has ended: it stays for when its writer is back.
    if (!(error instanceof ApiProblem) || error.code === 'unauthenticated') return { kind: 'retry' };
    if (error.passing)
      return error.retryAfter ? { kind: 'retry', afterMs: error.retryAfter * 1000 } : { kind: 'retry' };
    if (reasonOf(error) === 'attachments' && this.hasGone(item)) return { kind: 'withdrawn' };
    if (error.code !== 'taken' && error.code !== 'not_found') return { kind: 'refused', reason: reasonOf(error) };
    const operator = (error.extra.operator as { id: number } | undefined)?.id ?? null;
    // The text may have been taken back meanwhile.
    const still = this.items.some((other) => other.id === item.id);
    if (isVoice(item)) void handBack(item.id);
    this.events.onLost(id, operator, { ...NO_WORDS, [modeOf(item)]: still ? item.body : '' }, asked, item.at);
    return { kind: 'withdrawn' };
  }
}

/** For a recording, which waits in no draft. */
const doorIn = (conversation: number): UploadDoor =>
  doorOf((file) => once<Upload>('POST', `${pathOf(conversation)}/uploads`, file));

/** What is asked with a message beside its text and files; colleagues have no kinds among themselves. */
function askedOf(id: number, extra: Extra | null): object {
  if (!isDirect(id)) return { kind: 'public', ...extra, files: undefined };
  return { mentions: extra && 'mentions' in extra ? extra.mentions : [], quote: extra?.quote };
}

/** It was refused, or has waited so long that its writer is asked. */
export const isStuck = ({ state }: Sending): boolean => state === 'failed' || state === 'asking';

export const modeOf = ({ extra }: Sending): Mode => (extra && 'kind' in extra ? 'note' : 'answer');

/**
 * While it was on its way, somebody who is named may have stopped reading the conversation, what is quoted have gone, or a file
 * have waited too long.
 */
function reasonOf(error: ApiProblem): string {
  const named = ['mentions', 'quote', 'attachments'].find((name) => error.errors.some(({ field }) => field === name));
  return named ?? error.code;
}
