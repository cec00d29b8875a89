/** A thread as it is drawn: day lines, activity lines, the "new" line, and messages in groups of one author. Pure. */
import { daysBetween } from '@recado/shared/i18n.ts';
import type { Activity, Attachment, Author, Entry, Gone, Quote } from '@recado/shared/wire.ts';
import { quoteOf } from './quoting.ts';
import type { Sending } from './sender.svelte.ts';

/** One clock, one tick, two ticks; `asking` waits for a word because it is old. Null on other people's messages. */
export type Fate = 'waiting' | 'sending' | 'asking' | 'failed' | 'sent' | 'seen' | null;

export interface Bubble {
  key: string;
  /** Its place in the thread; null while it is on its way. */
  seq: number | null;
  body: string;
  files: readonly Attachment[];
  at: number;
  fate: Fate;
  quote: Quote | null;
  edits: number;
  gone: Gone | null;
  /** Whom it names, among colleagues alone. */
  named?: readonly number[];
  /** Only while it is on its way. */
  pending: { id: string; reason: string | null } | null;
}

export type Item =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'new'; key: string }
  | { kind: 'activity'; key: string; seq: number; author: Author; activity: Activity; at: number; about: About }
  | { kind: 'note'; key: string; author: Author; mine: boolean; bubble: Bubble; mentions: readonly number[] }
  | { kind: 'group'; key: string; author: Author; mine: boolean; bubbles: Bubble[] };

/** Whom a line names, and what something was called then. */
export interface About {
  mentions: readonly number[];
  body: string;
}

export interface View {
  entries: readonly Entry[];
  pending: readonly Sending[];
  me: number;
  /** Whether those whom it is for have seen an entry. */
  seen: (seq: number) => boolean;
  /** Among colleagues alone what is said stands as messages do elsewhere. */
  talk?: boolean;
  /** The "new" line stands before the first message of others after this one; null: nowhere. */
  newAfter: number | null;
}

/**
 * The keys that groups had: one that grows at its beginning is still the same group, so that a link in it keeps the focus and
 * marked text stays marked. Filled by `arrange`.
 */
export type GroupKeys = Map<string, string>;

const TOGETHER_US = 5 * 60_000_000;

export function arrange(view: View, keys: GroupKeys = new Map()): Item[] {
  const items: Item[] = [];
  let lastAt: number | null = null;
  let marked = view.newAfter === null;
  const unsent = view.pending.filter((item) => item.state === 'failed');
  for (const entry of view.entries) {
    // Taken back before anybody saw it: it was never said.
    if (entry.gone === 'undone') continue;
    // What could not be sent stays where it was written, and the conversation goes on below it.
    while (unsent.length > 0 && unsent[0]!.at * 1000 < entry.at) placePending(items, unsent.shift()!, view);
    if (lastAt === null || daysBetween(lastAt, entry.at) > 0)
      items.push({ kind: 'day', key: `day ${entry.seq}`, at: entry.at });
    if (!marked && entry.seq > view.newAfter! && entry.kind !== 'activity' && !isMine(entry.author, view.me)) {
      items.push({ kind: 'new', key: 'new' });
      marked = true;
    }
    place(items, entry, view);
    lastAt = entry.at;
  }
  const rest = view.pending.filter((item) => item.state !== 'failed' || unsent.includes(item));
  for (const item of rest) placePending(items, item, view);
  return withKeys(items, keys);
}

function withKeys(items: Item[], keys: GroupKeys): Item[] {
  const taken = new Set<string>();
  for (const item of items) {
    if (item.kind !== 'group') continue;
    const known = item.bubbles.map((bubble) => keys.get(bubble.key)).find((key) => key !== undefined && !taken.has(key));
    item.key = known ?? item.key;
    // What it began with may have gone elsewhere, and taken the name along.
    while (taken.has(item.key)) item.key += "'";
    taken.add(item.key);
    for (const bubble of item.bubbles) keys.set(bubble.key, item.key);
  }
  return items;
}

export const isMine = (author: Author, me: number): boolean => author.kind === 'operator' && author.id === me;

function place(items: Item[], entry: Entry, view: View): void {
  if (entry.kind === 'activity') {
    if (entry.activity)
      items.push({
        kind: 'activity',
        key: `activity ${entry.seq}`,
        seq: entry.seq,
        author: entry.author,
        activity: entry.activity,
        at: entry.at,
        about: { mentions: entry.mentions, body: entry.body },
      });
    return;
  }
  const key = entry.client_id ?? `entry ${entry.seq}`;
  const fate = entry.author.kind !== 'operator' ? null : view.seen(entry.seq) ? 'seen' : 'sent';
  const { seq, body, attachments: files, at, quote, edits, gone } = entry;
  const bubble = { key, seq, body, files, at, fate, quote, edits, gone, pending: null } satisfies Bubble;
  const mine = isMine(entry.author, view.me);
  if (entry.kind === 'note' && !view.talk) items.push(noteOf(entry.author, mine, { ...bubble, fate: null }, entry.mentions));
  else addBubble(items, entry.author, mine, view.talk ? { ...bubble, named: entry.mentions } : bubble);
}

function placePending(items: Item[], item: Sending, { me, entries, talk }: View): void {
  const quoted = entries.find(({ seq }) => seq === item.extra?.quote);
  const bubble: Bubble = {
    key: item.id,
    seq: null,
    body: item.body,
    files: item.extra?.files ?? [],
    at: item.at * 1000,
    fate: item.state,
    quote: quoted ? quoteOf(quoted) : null,
    edits: 0,
    gone: null,
    pending: { id: item.id, reason: item.reason },
  };
  const author: Author = { kind: 'operator', id: me };
  if (item.extra && 'kind' in item.extra && !talk) items.push(noteOf(author, true, bubble, item.extra.mentions));
  else addBubble(items, author, true, bubble);
}

/** A note stands by itself: nothing of it may look like a part of what the customer reads. */
function noteOf(author: Author, mine: boolean, bubble: Bubble, mentions: readonly number[]): Item {
  return { kind: 'note', key: `note ${bubble.key}`, author, mine, bubble, mentions };
}

function addBubble(items: Item[], author: Author, mine: boolean, bubble: Bubble): void {
  const last = items.at(-1);
  if (last?.kind === 'group' && sameAuthor(last.author, author) && bubble.at - last.bubbles.at(-1)!.at < TOGETHER_US) {
    last.bubbles.push(bubble);
    return;
  }
  items.push({ kind: 'group', key: `group ${bubble.key}`, author, mine, bubbles: [bubble] });
}

const sameAuthor = (a: Author, b: Author): boolean => a.kind === b.kind && a.id === b.id;
