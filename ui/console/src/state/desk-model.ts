/**
 * What the desk knows of its lists, and how each event changes it. Pure: the same events on the same state give the same lists
 * as fetching again would.
 */
import { decide } from '@recado/shared/thread.ts';
import type {
  ConsoleEvent,
  ConversationRow,
  Counts,
  DeskState,
  ListName,
  Mark,
  Page,
  Person,
} from '@recado/shared/wire.ts';

export interface DeskModel {
  me: number;
  people: ReadonlyMap<number, Person>;
  rows: ReadonlyMap<number, ConversationRow>;
  /** At which version a conversation left my sight: what was said of it before must not bring it back. */
  gone: ReadonlyMap<number, number>;
  /** How many of a conversation's inbound messages I have seen. */
  seen: ReadonlyMap<number, number>;
  /** Where each list goes on; null: it is complete. Undefined: never fetched. */
  next: Readonly<Record<ListName, string | null | undefined>>;
  /** The server's own counts, for lists that are not complete. */
  counts: Counts;
}

/** The model after an event; `gap` where events in between are missing and all must be fetched again. */
export interface Step {
  model: DeskModel;
  gap: boolean;
}

export function fromState(state: DeskState): DeskModel {
  const empty: DeskModel = {
    me: state.me.id,
    people: new Map(state.people.map((person) => [person.id, person])),
    rows: new Map(),
    gone: new Map(),
    seen: new Map(),
    next: { waiting: undefined, attending: undefined, closed: undefined },
    counts: state.counts,
  };
  return addPage(addPage(empty, 'waiting', state.waiting), 'attending', state.attending);
}

/** The model with one more page of a list. A row that is known in a newer version stays as it is. */
export function addPage(model: DeskModel, list: ListName, page: Page): DeskModel {
  const rows = new Map(model.rows);
  const seen = new Map(model.seen);
  for (const row of page.items) {
    if ((rows.get(row.id)?.version ?? -1) <= row.version && !isPast(model, row)) rows.set(row.id, row);
  }
  for (const [id, count] of Object.entries(page.seen)) seen.set(Number(id), Math.max(count, seen.get(Number(id)) ?? 0));
  return { ...model, rows, seen, next: { ...model.next, [list]: page.next } };
}

/** Whether a row is older than the moment its conversation left my sight: a late page or event, to be ignored. */
function isPast(model: DeskModel, row: ConversationRow): boolean {
  return row.version <= (model.gone.get(row.id) ?? -1);
}

/** The list a row stands in for me, or null. */
export function listOf(model: DeskModel, row: ConversationRow): ListName | null {
  if (row.status === 'waiting') return 'waiting';
  if (row.operator !== model.me) return null;
  return row.status === 'closed' ? 'closed' : 'attending';
}

/** A list in its order: waiting by who has waited longest, the others by what happened last. */
export function rowsOf(model: DeskModel, list: ListName): ConversationRow[] {
  return [...model.rows.values()].filter((row) => listOf(model, row) === list).sort(ORDER[list]);
}

const since = (row: ConversationRow): number => row.waiting_since ?? row.opened_at;
const latest = (a: ConversationRow, b: ConversationRow): number => b.last_at - a.last_at || b.id - a.id;
const ORDER: Record<ListName, (a: ConversationRow, b: ConversationRow) => number> = {
  waiting: (a, b) => since(a) - since(b) || a.id - b.id,
  attending: latest,
  closed: latest,
};

/** How many stand in a list: the rows where it is complete, otherwise the server's last word. */
export function countOf(model: DeskModel, list: 'waiting' | 'attending'): number {
  return model.next[list] === null ? rowsOf(model, list).length : model.counts[list];
}

export function unreadOf(model: DeskModel, row: ConversationRow): number {
  return Math.max(0, row.inbound_count - (model.seen.get(row.id) ?? 0));
}

/** Whether a change of this row can have changed a count that only the server knows. */
export function countsUnsure(model: DeskModel): boolean {
  return model.next.waiting !== null || model.next.attending !== null;
}

export function apply(model: DeskModel, event: ConsoleEvent): Step {
  switch (event.type) {
    case 'conversation.opened':
    case 'message.posted':
    case 'conversation.claimed':
    case 'conversation.closed':
      return { model: withRow(model, event.conversation), gap: false };
    case 'conversation.taken':
      return { model: taken(model, event.id, event.version), gap: false };
    case 'thread.read':
      return read(model, event.conversation, event.version, event.mark);
    default:
      return { model, gap: false };
  }
}

/** The model with a row as an event tells it: a row comes whole, so what was missed before it is in it. */
export function withRow(model: DeskModel, row: ConversationRow): DeskModel {
  const known = model.rows.get(row.id);
  if ((known && row.version <= known.version) || isPast(model, row)) return model;
  const rows = new Map(model.rows);
  if (stands(model, row)) rows.set(row.id, row);
  else if (!rows.delete(row.id)) return model;
  return { ...model, rows };
}

/** The model with what the answer to my own request says; the event about it, which says more, still applies afterwards. */
export function withAnswer(model: DeskModel, row: ConversationRow): DeskModel {
  const known = model.rows.get(row.id);
  if (!known || row.version <= known.version) return model;
  return { ...model, rows: new Map(model.rows).set(row.id, { ...row, version: known.version }) };
}

function stands(model: DeskModel, row: ConversationRow): boolean {
  const list = listOf(model, row);
  if (list === null || model.next[list] === undefined) return false;
  if (model.next[list] === null || model.rows.has(row.id)) return true;
  // Beyond the pages that are loaded it would stand beside rows it has nothing to do with.
  const last = rowsOf(model, list).at(-1);
  return last !== undefined && ORDER[list](row, last) < 0;
}

/** The model without a conversation that a refusal says is a colleague's; its events may still come late. */
export function without(model: DeskModel, id: number): DeskModel {
  const known = model.rows.get(id);
  if (!known) return model;
  const rows = new Map(model.rows);
  rows.delete(id);
  return { ...model, rows, gone: new Map(model.gone).set(id, known.version) };
}

function taken(model: DeskModel, id: number, version: number): DeskModel {
  const known = model.rows.get(id);
  if (version <= (known?.version ?? model.gone.get(id) ?? -1)) return model;
  const rows = new Map(model.rows);
  rows.delete(id);
  return { ...model, rows, gone: new Map(model.gone).set(id, version) };
}

function read(model: DeskModel, id: number, version: number | null, mark: Mark): Step {
  const mine = mark.reader.kind === 'operator' && mark.reader.id === model.me;
  const next = mine ? withSeen(model, id, mark.inbound_count) : model;
  const known = next.rows.get(id);
  if (!known || version === null) return { model: next, gap: false };
  const what = decide(known.version, version);
  if (what !== 'apply') return { model: next, gap: what === 'gap' };
  return { model: { ...next, rows: new Map(next.rows).set(id, { ...known, version }) }, gap: false };
}

/** The model where I have seen `count` inbound messages of a conversation; never fewer than before. */
export function withSeen(model: DeskModel, id: number, count: number): DeskModel {
  if (count <= (model.seen.get(id) ?? 0)) return model;
  return { ...model, seen: new Map(model.seen).set(id, count) };
}
