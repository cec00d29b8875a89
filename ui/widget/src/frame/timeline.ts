/**
 * What the thread shows, from top to bottom: days, groups of bubbles, the end of the conversation. Pure functions.
 */
import { daysBetween } from '@recado/shared/i18n.ts';
import type { Pending } from '@recado/shared/thread.ts';
import type { Attachment, WidgetEntry } from '@recado/shared/wire.ts';
import type { Chapter } from './chapters.ts';
import type { Extra } from './sending.ts';

/** Messages of one author closer than this share name and time. Microseconds. */
const GROUP_US = 5 * 60_000_000;

/** What a bubble shows of an entry. */
export type Said = Partial<Omit<WidgetEntry, 'attachments'>> & { readonly body: string; readonly attachments: readonly Attachment[] };

export interface Bubble {
  readonly key: string;
  readonly body: string;
  readonly at: number;
  /** Null once the server has it. */
  readonly pending: Pending<Extra> | null;
  /** Once the server has it; before that, of one with files what is known of it. */
  readonly entry?: Said | undefined;
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
  readonly seen: boolean;
}

/** A conversation in order; what is pending stands at the end. */
export function timeline(chapter: Chapter | undefined, pending: readonly Pending<Extra>[]): Item[] {
  const items: Item[] = [];
  let before: Line | null = null;
  for (const line of lines(chapter, pending)) {
    const newDay = before === null || daysBetween(before.at, line.at) > 0;
    if (newDay) items.push({ kind: 'day', key: `day ${line.key}`, at: line.at });
    const group: Item | undefined = items.at(-1);
    if (group?.kind === 'group' && before !== null && belongs(line, before)) group.bubbles.push(line);
    else items.push({ kind: 'group', key: line.key, mine: line.mine, name: line.name, bubbles: [line], seen: false });
    before = line;
  }
  if (chapter?.conversation.status === 'closed' && pending.length === 0) items.push({ kind: 'end', key: 'end' });
  markSeen(items);
  return items;
}

function lines(chapter: Chapter | undefined, pending: readonly Pending<Extra>[]): Line[] {
  const known = new Set<string>();
  const said = chapter?.entries.filter(({ gone }) => gone !== 'undone') ?? [];
  const sent = said.map((entry): Line => {
    if (entry.client_id !== null) known.add(entry.client_id);
    const mine = entry.author.kind === 'visitor';
    const seen = mine && entry.seq <= chapter!.conversation.operator_read;
    const { body, at, author } = entry;
    return { key: entry.client_id ?? `${entry.seq}`, entry, body, at, mine, name: author.name, seen, pending: null };
  });
  const unsent = pending
    .filter((item) => !known.has(item.id))
    .map((item): Line => {
      const { id, body, extra } = item;
      const entry = extra.files && { body, attachments: extra.files };
      return { key: id, entry, body, at: item.at * 1000, mine: true, name: null, seen: false, pending: item };
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

function markSeen(items: readonly Item[]): void {
  const mine = items.filter((item): item is Group => item.kind === 'group' && item.mine);
  const seen = mine.findLast((group) => group.bubbles.every((bubble) => (bubble as Line).seen));
  if (seen !== undefined) seen.seen = true;
}
