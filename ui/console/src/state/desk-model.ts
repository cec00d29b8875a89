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
  Reason,
} from '@recado/shared/wire.ts';

export interface DeskModel {
  me: number;
  people: ReadonlyMap<number, Person>;
  /** The names of all departments: activity lines refer to them. */
  departments: ReadonlyMap<number, string>;
  reasons: ReadonlyMap<number, Reason>;
  /** What waits or is attended. */
  rows: ReadonlyMap<number, ConversationRow>;
  /** What I have closed, apart because it may be tens of thousands and hardly ever changes. */
  closed: ReadonlyMap<number, ConversationRow>;
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

/** What a fetch says. Closed conversations are not in it: those that were known stay, until they are fetched again. */
export function fromState(state: DeskState, known: DeskModel | null = null): DeskModel {
  const empty: DeskModel = {
    me: state.me.id,
    people: new Map(state.people.map((person) => [person.id, person])),
    departments: new Map(state.departments.map(({ id, name }) => [id, name])),
    reasons: new Map(state.reasons.map((reason) => [reason.id, reason])),
    rows: new Map(),
    closed: known?.closed ?? new Map(),
    gone: new Map(),
    seen: new Map(),
    next: { waiting: undefined, attending: undefined, paused: undefined, closed: known?.next.closed, archive: undefined },
    counts: state.counts,
  };
  const lists = ['waiting', 'attending', 'paused'] as const;
  return lists.reduce((so, list) => addPage(so, list, state[list]), empty);
}

/** The model with one more page of a list. A row that is known in a newer version stays as it is. */
export function addPage(model: DeskModel, list: ListName, page: Page): DeskModel {
  const fresh = page.items.filter((row) => (find(model, row.id)?.version ?? -1) <= row.version && !isPast(model, row));
  const next = { ...put(model, fresh), next: { ...model.next, [list]: page.next } };
  return Object.keys(page.seen).length === 0 ? next : { ...next, seen: seenAs(model, page) };
}

function seenAs(model: DeskModel, page: Page): ReadonlyMap<number, number> {
  const seen = new Map(model.seen);
  for (const [id, count] of Object.entries(page.seen)) seen.set(Number(id), Math.max(count, seen.get(Number(id)) ?? 0));
  return seen;
}

/**
 * The model with closed conversations as pages from the first to `next` tell them. Of those `before` knew, what the pages do
 * not tell is gone; what has come since `before` stays.
 */
export function withClosed(model: DeskModel, before: DeskModel['closed'], pages: Page[]): DeskModel {
  const kept = [...model.closed].filter(([id, row]) => before.get(id) !== row);
  const start: DeskModel = { ...model, closed: new Map(kept) };
  return pages.reduce((so, page) => addPage(so, 'closed', page), start);
}

/** A conversation as the lists know it. */
export function find(model: DeskModel, id: number): ConversationRow | undefined {
  return model.rows.get(id) ?? model.closed.get(id);
}

/** The model with rows in the place of what was known of them; both maps are copied only where they change. */
function put(model: DeskModel, rows: readonly ConversationRow[]): DeskModel {
  let { rows: open, closed } = model;
  const [done, others] = [rows.filter((row) => row.status === 'closed'), rows.filter((row) => row.status !== 'closed')];
  if (others.length > 0) {
    open = new Map([...open, ...others.map((row) => [row.id, row] as const)]);
    closed = lessThese(closed, others);
  }
  if (done.length > 0) {
    open = lessThese(open, done);
    const more = new Map(closed);
    for (const row of done) more.set(row.id, row);
    closed = more;
  }
  return { ...model, rows: open, closed };
}

function lessThese<M extends ReadonlyMap<number, ConversationRow>>(known: M, rows: readonly { id: number }[]): M {
  const gone = rows.filter((row) => known.has(row.id));
  if (gone.length === 0) return known;
  const less = new Map(known);
  for (const { id } of gone) less.delete(id);
  return less as unknown as M;
}

/** The model without a conversation. */
function drop(model: DeskModel, id: number): DeskModel {
  return { ...model, rows: lessThese(model.rows, [{ id }]), closed: lessThese(model.closed, [{ id }]) };
}

/** Whether a row is older than the moment its conversation left my sight: a late page or event, to be ignored. */
function isPast(model: DeskModel, row: ConversationRow): boolean {
  return row.version <= (model.gone.get(row.id) ?? -1);
}

/** The list a row stands in for me, or null. */
export function listOf(model: DeskModel, row: ConversationRow): ListName | null {
  if (row.status === 'waiting') return 'waiting';
  if (row.operator !== model.me) return null;
  return row.status;
}

/** A list in its order: waiting by who has waited longest, the others by what happened last. Sorted once for each change. */
export function rowsOf(model: DeskModel, list: ListName): readonly ConversationRow[] {
  const from = list === 'closed' ? model.closed : model.rows;
  const known = sorted.get(from) ?? {};
  sorted.set(from, known);
  return (known[list] ??= [...from.values()].filter((row) => listOf(model, row) === list).sort(ORDER[list]));
}

const sorted = new WeakMap<ReadonlyMap<number, ConversationRow>, Partial<Record<ListName, ConversationRow[]>>>();
/** Those of one department; the same list for null. */
export function ofDepartment(rows: readonly ConversationRow[], department: number | null): readonly ConversationRow[] {
  return department === null ? rows : rows.filter((row) => row.department.id === department);
}

const since = (row: ConversationRow): number => row.waiting_since ?? row.opened_at;
const latest = (a: ConversationRow, b: ConversationRow): number => b.last_at - a.last_at || b.id - a.id;
const ORDER: Record<ListName, (a: ConversationRow, b: ConversationRow) => number> = {
  waiting: (a, b) => since(a) - since(b) || a.id - b.id,
  attending: latest,
  paused: latest,
  closed: latest,
  archive: latest,
};

/** How many stand in a list: the rows where it is complete, otherwise the server's last word. */
export function countOf(model: DeskModel, list: keyof Counts): number {
  return model.next[list] === null ? rowsOf(model, list).length : model.counts[list];
}

export function unreadOf(model: DeskModel, row: ConversationRow): number {
  return Math.max(0, row.inbound_count - (model.seen.get(row.id) ?? 0));
}

/** Whether a change of this row can have changed a count that only the server knows. */
export function countsUnsure(model: DeskModel): boolean {
  return model.next.waiting !== null || model.next.attending !== null || model.next.paused !== null;
}

export function apply(model: DeskModel, event: ConsoleEvent): Step {
  switch (event.type) {
    case 'conversation.opened':
    case 'message.posted':
    case 'conversation.paused':
    case 'conversation.resumed':
    case 'conversation.closed':
      return { model: withRow(model, event.conversation), gap: false };
    case 'conversation.claimed':
    case 'conversation.queued': {
      const shown = withRow(model, event.conversation);
      const count = event.seen[model.me];
      return { model: count === undefined ? shown : withSeen(shown, event.conversation.id, count), gap: false };
    }
    case 'person.changed':
      return { model: { ...model, people: new Map(model.people).set(event.person.id, event.person) }, gap: false };
    case 'conversation.taken':
    case 'conversation.left':
      return { model: taken(model, event.id, event.version), gap: false };
    case 'thread.read':
      return read(model, event.conversation, event.version, event.mark);
    default:
      return { model, gap: false };
  }
}

/** The model with a row as an event tells it: a row comes whole, so what was missed before it is in it. */
export function withRow(model: DeskModel, row: ConversationRow): DeskModel {
  const known = find(model, row.id);
  if ((known && row.version <= known.version) || isPast(model, row)) return model;
  if (stands(model, row)) return put(model, [row]);
  return known ? drop(model, row.id) : model;
}

/** The model with what the answer to my own request says; the event about it, which says more, still applies afterwards. */
export function withAnswer(model: DeskModel, row: ConversationRow): DeskModel {
  const known = find(model, row.id);
  if (!known || row.version <= known.version) return model;
  return put(model, [{ ...row, version: known.version }]);
}

function stands(model: DeskModel, row: ConversationRow): boolean {
  const list = listOf(model, row);
  if (list === null || model.next[list] === undefined) return false;
  if (model.next[list] === null || find(model, row.id)) return true;
  // Beyond the pages that are loaded it would stand beside rows it has nothing to do with.
  const last = rowsOf(model, list).at(-1);
  return last !== undefined && ORDER[list](row, last) < 0;
}

/** The model without a conversation that a refusal says is a colleague's; its events may still come late. */
export function without(model: DeskModel, id: number): DeskModel {
  const known = find(model, id);
  return known ? { ...drop(model, id), gone: new Map(model.gone).set(id, known.version) } : model;
}

function taken(model: DeskModel, id: number, version: number): DeskModel {
  const known = find(model, id);
  if (version <= (known?.version ?? model.gone.get(id) ?? -1)) return model;
  return { ...drop(model, id), gone: new Map(model.gone).set(id, version) };
}

function read(model: DeskModel, id: number, version: number | null, mark: Mark): Step {
  const mine = mark.reader.kind === 'operator' && mark.reader.id === model.me;
  const next = mine ? withSeen(model, id, mark.inbound_count) : model;
  const known = find(next, id);
  if (!known || version === null) return { model: next, gap: false };
  const what = decide(known.version, version);
  if (what !== 'apply') return { model: next, gap: what === 'gap' };
  return { model: put(next, [{ ...known, version }]), gap: false };
}

/** The model where I have seen `count` inbound messages of a conversation; never fewer than before. */
export function withSeen(model: DeskModel, id: number, count: number): DeskModel {
  if (count <= (model.seen.get(id) ?? 0)) return model;
  return { ...model, seen: new Map(model.seen).set(id, count) };
}
