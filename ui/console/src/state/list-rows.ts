/** Which rows stand in which list, and in which order: the server's own rules and order, for what the page knows. Pure. */
import type { ConversationRow, ListName, Rules } from '@recado/shared/wire.ts';

type Rows = ReadonlyMap<number, ConversationRow>;

/** What decides which rows stand where. */
export interface Lists {
  me: number;
  /** The rules of my own departments. */
  rules: ReadonlyMap<number, Rules>;
  /** What waits or is attended. */
  rows: Rows;
  /** What I have closed, apart because it may be tens of thousands and hardly ever changes. */
  closed: Rows;
  /** What anybody has closed where the archive is open to me. */
  archive: Rows;
  /** Where each list goes on; null: it is complete. Undefined: never fetched. */
  next: Readonly<Record<ListName, string | null | undefined>>;
}

/** The lists of what has not ended: a conversation stands in one of them at most. */
export const OPEN = ['waiting', 'attending', 'paused'] as const satisfies readonly ListName[];
/** Those of what has ended: what I closed myself stands in both, where its department's archive is open. */
export const ENDED = ['closed', 'archive'] as const satisfies readonly ListName[];

/** Where the rows of a list are kept. */
export const keptIn = (model: Lists, list: ListName): Rows =>
  list === 'closed' || list === 'archive' ? model[list] : model.rows;

export const isArchived = (model: Lists, row: ConversationRow): boolean =>
  row.status === 'closed' && model.rules.get(row.department.id)?.archive === true;

/** Whether a row stands in a list of mine, as far as the list goes. */
export function belongs(model: Lists, row: ConversationRow, list: ListName): boolean {
  if (list === 'waiting') return row.status === 'waiting';
  if (list === 'archive') return isArchived(model, row);
  return row.status === list && row.operator === model.me;
}

/** Whether it stands among the pages of the list that are loaded: beyond them it would stand beside rows it has nothing to do with. */
export function fits(model: Lists, row: ConversationRow, list: ListName): boolean {
  if (!belongs(model, row, list) || model.next[list] === undefined) return false;
  if (model.next[list] === null || keptIn(model, list).has(row.id)) return true;
  const last = rowsOf(model, list).at(-1);
  return last !== undefined && ORDER[list](row, last) < 0;
}

const since = (row: ConversationRow): number => row.waiting_since ?? row.opened_at;
const ended = (row: ConversationRow): number => row.closed_at ?? row.last_at;
const latest = (a: ConversationRow, b: ConversationRow): number => b.last_at - a.last_at || b.id - a.id;
const lastEnded = (a: ConversationRow, b: ConversationRow): number => ended(b) - ended(a) || b.id - a.id;
const ORDER: Record<ListName, (a: ConversationRow, b: ConversationRow) => number> = {
  waiting: (a, b) => since(a) - since(b) || a.id - b.id,
  attending: latest,
  paused: latest,
  closed: lastEnded,
  archive: lastEnded,
};

const sorted = new WeakMap<Rows, Partial<Record<ListName, ConversationRow[]>>>();

/** A list in its order: waiting by who has waited longest, the ended by when they ended, the others by what happened last. */
export function rowsOf(model: Lists, list: ListName): readonly ConversationRow[] {
  const from = keptIn(model, list);
  const known = sorted.get(from) ?? {};
  sorted.set(from, known);
  // Sorted once for each change.
  return (known[list] ??= [...from.values()].filter((row) => belongs(model, row, list)).sort(ORDER[list]));
}

/** Those of one department; the same list for null. */
export function ofDepartment(rows: readonly ConversationRow[], department: number | null): readonly ConversationRow[] {
  return department === null ? rows : rows.filter((row) => row.department.id === department);
}
