/** A window on a thread: entries that follow one another without a gap, whoever the thread belongs to. Pure. */
import { mergeEntries } from '@recado/shared/thread.ts';
import type { Author, Entry, EntryPage, Mark } from '@recado/shared/wire.ts';

/** What the parts of a thread know of the row that it belongs to; `inbound_count`: how many messages could be unread. */
export interface ThreadRow {
  /** Of a direct conversation below nought: see `owners.ts`. */
  readonly id: number;
  readonly seq: number;
  readonly version: number;
  readonly inbound_count: number;
  readonly opened_at: number;
}

export interface ThreadModel {
  epoch: string;
  conversation: ThreadRow;
  entries: readonly Entry[];
  /** There are older entries before the window. */
  more: boolean;
  /** There are newer entries behind it. */
  newer: boolean;
  marks: readonly Mark[];
  /** After which entry each operator reads who does not read all of it: of a conversation with a customer nobody's. */
  floors?: Readonly<Record<string, number>>;
}

/** Which operators besides its author have seen an entry; not who does not read so far back, however far they have read. */
export function seenByOthers({ marks, floors = {} }: ThreadModel, { seq, author }: Pick<Entry, 'seq' | 'author'>): number[] {
  return marks
    .filter(({ reader, ...mark }) => reader.kind === 'operator' && reader.id !== author.id && mark.seq >= seq && (floors[String(reader.id)] ?? 0) < seq)
    .flatMap(({ reader }) => reader.id ?? []);
}

/** The model with what belongs into its window; an entry beyond it would stand beside ones it does not follow. */
export function withEntries<M extends ThreadModel>(model: M, entries: readonly Entry[]): M {
  const [first, last] = [model.entries[0]?.seq ?? 0, model.entries.at(-1)?.seq ?? 0];
  const fitting = entries.filter(({ seq }) => (seq >= first || !model.more) && (seq <= last || !model.newer));
  return { ...model, entries: mergeEntries(model.entries, fitting) };
}

export function addOlder<M extends ThreadModel>(model: M, page: EntryPage): M {
  return { ...model, entries: mergeEntries(model.entries, page.entries), more: page.more };
}

export function addNewer<M extends ThreadModel>(model: M, page: EntryPage): M {
  return newerKnown({ ...model, entries: mergeEntries(model.entries, page.entries), newer: page.newer });
}

/** The model with its window somewhere else. */
export function moveTo<M extends ThreadModel>(model: M, page: EntryPage): M {
  return newerKnown({ ...model, entries: page.entries, more: page.more, newer: page.newer });
}

/** What was posted while the page was on its way lies behind it. */
function newerKnown<M extends ThreadModel>(model: M): M {
  const last = model.entries.at(-1)?.seq ?? 0;
  return { ...model, newer: model.newer || last < model.conversation.seq };
}

/** The model with a window of at most `most` entries: what lies farthest from the entries in view is let go. */
export function trim<M extends ThreadModel>(model: M, most: number, view: readonly [number, number]): M {
  const { entries } = model;
  const over = entries.length - most;
  if (over <= 0) return model;
  const above = entries.findIndex((entry) => entry.seq >= view[0]);
  const below = entries.length - 1 - entries.findLastIndex((entry) => entry.seq <= view[1]);
  if (above > below) return { ...model, entries: entries.slice(Math.min(over, above)), more: true };
  return { ...model, entries: entries.slice(0, entries.length - Math.min(over, below)), newer: below > 0 || model.newer };
}

const keyOf = ({ kind, id }: Author): string => `${kind} ${id}`;

/** Of each reader the mark that is further on. */
export function mergeMarks(known: readonly Mark[], incoming: readonly Mark[]): readonly Mark[] {
  const byReader = new Map(known.map((mark) => [keyOf(mark.reader), mark]));
  for (const mark of incoming)
    if (mark.seq >= (byReader.get(keyOf(mark.reader))?.seq ?? 0)) byReader.set(keyOf(mark.reader), mark);
  return [...byReader.values()];
}

/** Up to which entry an operator has seen it, 0 where never. */
export function seenBy(model: ThreadModel, operator: number): number {
  return model.marks.find((mark) => mark.reader.kind === 'operator' && mark.reader.id === operator)?.seq ?? 0;
}
