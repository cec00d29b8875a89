/**
 * What the thread shows, from top to bottom: days, groups of bubbles, ends of conversations. Pure functions.
 */
import { daysBetween } from '@recado/shared/i18n.ts';
import type { Pending } from '@recado/shared/thread.ts';
import type { Chapters } from './chapters.ts';

/** Messages of one author closer than this share name and time. Microseconds. */
const GROUP_US = 5 * 60_000_000;

export interface Bubble {
  readonly key: string;
  readonly body: string;
  readonly at: number;
  /** Null once the server has it. */
  readonly pending: Pending<unknown> | null;
}

export interface Group {
  readonly kind: 'group';
  readonly key: string;
  readonly mine: boolean;
  readonly name: string | null;
  readonly bubbles: Bubble[];
  /** The operator has seen all of it, and nothing of ours that came later. */
  seen: boolean;
}

export type Item = Group | { kind: 'day'; key: string; at: number } | { kind: 'end'; key: string };

interface Line extends Bubble {
  readonly mine: boolean;
  readonly name: string | null;
  readonly chapter: string;
  readonly seen: boolean;
}

/** Everything in order; what is pending stands at the end. */
export function timeline(chapters: Chapters, pending: readonly Pending<unknown>[]): Item[] {
  const items: Item[] = [];
  let before: Line | null = null;
  for (const line of lines(chapters, pending)) {
    const newDay = before === null || daysBetween(before.at, line.at) > 0;
    if (before !== null && before.chapter !== line.chapter) items.push({ kind: 'end', key: `end ${before.chapter}` });
    if (newDay) items.push({ kind: 'day', key: `day ${line.key}`, at: line.at });
    const group: Item | undefined = items.at(-1);
    if (group?.kind === 'group' && before !== null && belongs(line, before)) group.bubbles.push(line);
    else items.push({ kind: 'group', key: line.key, mine: line.mine, name: line.name, bubbles: [line], seen: false });
    before = line;
  }
  if (before !== null && ended(chapters, pending)) items.push({ kind: 'end', key: `end ${before.chapter}` });
  markSeen(items);
  return items;
}

function lines(chapters: Chapters, pending: readonly Pending<unknown>[]): Line[] {
  const known = new Set<string>();
  const sent = chapters.flatMap(({ conversation, entries }) =>
    entries.map((entry): Line => {
      if (entry.client_id !== null) known.add(entry.client_id);
      const mine = entry.author.kind === 'visitor';
      const seen = mine && entry.seq <= conversation.operator_read;
      const key = entry.client_id ?? `${conversation.id} ${entry.seq}`;
      return { ...entry, key, mine, name: entry.author.name, chapter: conversation.id, seen, pending: null };
    }),
  );
  const last = chapters.at(-1)?.conversation;
  const chapter = last?.status === 'open' ? last.id : 'next';
  const unsent = pending
    .filter((item) => !known.has(item.id))
    .map((item): Line => {
      const line = { key: item.id, body: item.body, at: item.at * 1000, pending: item };
      return { ...line, mine: true, name: null, chapter, seen: false };
    });
  return [...sent, ...unsent];
}

function belongs(line: Line, before: Line): boolean {
  const apart = stuck(line) || stuck(before);
  return line.mine === before.mine && line.name === before.name && line.at - before.at < GROUP_US && !apart;
}

/** One that needs the visitor has words of its own below it. */
function stuck(line: Line): boolean {
  return line.pending?.state === 'failed' || line.pending?.state === 'asking';
}

function ended(chapters: Chapters, pending: readonly unknown[]): boolean {
  return chapters.at(-1)?.conversation.status === 'closed' && pending.length === 0;
}

function markSeen(items: readonly Item[]): void {
  const mine = items.filter((item): item is Group => item.kind === 'group' && item.mine);
  const seen = mine.findLast((group) => group.bubbles.every((bubble) => (bubble as Line).seen));
  if (seen !== undefined) seen.seen = true;
}
