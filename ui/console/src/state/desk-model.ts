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
  NoticesNow,
  Page,
  Person,
  Reason,
} from '@recado/shared/wire.ts';
import { belongs, fits, isArchived, OPEN, rowsOf, type ENDED, type Lists } from './list-rows.ts';

export type Ended = (typeof ENDED)[number];

export interface DeskModel extends Lists {
  people: ReadonlyMap<number, Person>;
  /** The names of all departments: activity lines refer to them. */
  departments: ReadonlyMap<number, string>;
  reasons: ReadonlyMap<number, Reason>;
  /** At which version a conversation left my sight: what was said of it before must not bring it back. */
  gone: ReadonlyMap<number, number>;
  /** How many of a conversation's inbound messages I have seen. */
  seen: ReadonlyMap<number, number>;
  /** The server's own counts, for lists that are not complete. */
  counts: Counts;
  /** What notifies me. */
  notices: NoticesNow;
}

/** The model after an event; `gap` where events in between are missing and all must be fetched again. */
export interface Step {
  model: DeskModel;
  gap: boolean;
}

/** What a fetch says. What has ended is not in it: of that, what was known stays until it is fetched again. */
export function fromState(state: DeskState, known: DeskModel | null = null): DeskModel {
  const model: DeskModel = {
    me: state.me.id,
    people: new Map(state.people.map((person) => [person.id, person])),
    departments: new Map(state.departments.map(({ id, name }) => [id, name])),
    rules: new Map(Object.entries(state.rules).map(([id, rules]) => [Number(id), rules])),
    reasons: new Map(state.reasons.map((reason) => [reason.id, reason])),
    rows: new Map(),
    closed: known?.closed ?? new Map(),
    archive: new Map(),
    gone: new Map(),
    seen: new Map(),
    next: { waiting: undefined, attending: undefined, paused: undefined, closed: known?.next.closed, archive: undefined },
    counts: state.counts,
    notices: state.notices,
  };
  return OPEN.reduce((so, list) => addPage(so, list, state[list]), known ? withArchiveOf(model, known) : model);
}

/** Of the archive, what is still open to me. */
function withArchiveOf(model: DeskModel, known: DeskModel): DeskModel {
  if (!hasArchive(model)) return model;
  const archive = new Map([...known.archive].filter(([, row]) => isArchived(model, row)));
  return { ...model, archive, next: { ...model.next, archive: known.next.archive } };
}

/** Whether a department of mine has its archive open. */
export const hasArchive = (model: DeskModel): boolean => [...model.rules.values()].some(({ archive }) => archive);

/** The model that knows nothing of the archive, as before it was first looked at. */
export const withoutArchive = (model: DeskModel): DeskModel => ({
  ...model,
  archive: new Map(),
  next: { ...model.next, archive: undefined },
});

/** The model with one more page of a list. A row that is known in a newer version stays as it is. */
export function addPage(model: DeskModel, list: ListName, page: Page): DeskModel {
  const fresh = page.items.filter((row) => (find(model, row.id)?.version ?? -1) <= row.version && !isPast(model, row));
  // A row that is newer elsewhere may be missing in this list.
  const rows = fresh.concat(page.items.filter((row) => !fresh.includes(row)).flatMap((row) => find(model, row.id) ?? []));
  const next = { ...put(model, rows, list), next: { ...model.next, [list]: page.next } };
  return Object.keys(page.seen).length === 0 ? next : { ...next, seen: seenAs(model, page) };
}

function seenAs(model: DeskModel, page: Page): ReadonlyMap<number, number> {
  const seen = new Map(model.seen);
  for (const [id, count] of Object.entries(page.seen)) seen.set(Number(id), Math.max(count, seen.get(Number(id)) ?? 0));
  return seen;
}

/**
 * The model with a list of what has ended as pages from the first to `next` tell it. Of the rows in `before`, what the pages
 * do not tell is gone; what has come since stays.
 */
export function withPages(model: DeskModel, list: Ended, before: DeskModel[Ended], pages: Page[]): DeskModel {
  const kept = new Map([...model[list]].filter(([id, row]) => before.get(id) !== row));
  return pages.reduce((so, page) => addPage(so, list, page), { ...model, [list]: kept } as DeskModel);
}

/** A conversation as the lists know it. */
export function find(model: DeskModel, id: number): ConversationRow | undefined {
  return model.rows.get(id) ?? model.closed.get(id) ?? model.archive.get(id);
}

/**
 * The model with rows in the place of what was known of them, in each list where they stand. Rows of a `page` stand in its
 * list without being asked whether they fit.
 */
function put(model: DeskModel, rows: readonly ConversationRow[], page: ListName | null = null): DeskModel {
  const stands = (row: ConversationRow, list: ListName): boolean =>
    list === page ? belongs(model, row, list) : fits(model, row, list);
  return {
    ...model,
    rows: placed(model.rows, rows, (row) => OPEN.some((list) => stands(row, list))),
    closed: placed(model.closed, rows, (row) => stands(row, 'closed')),
    archive: placed(model.archive, rows, (row) => stands(row, 'archive')),
  };
}

type Rows = ReadonlyMap<number, ConversationRow>;

/** What is known with those of the rows that stand in it, and without the others; the same where that changes nothing. */
function placed(known: Rows, rows: readonly ConversationRow[], stands: (row: ConversationRow) => boolean): Rows {
  const here = rows.filter(stands);
  const less = lessThese(known, rows.filter((row) => !here.includes(row)));
  return here.length === 0 ? less : new Map([...less, ...here.map((row) => [row.id, row] as const)]);
}

function lessThese(known: Rows, rows: readonly { id: number }[]): Rows {
  const gone = rows.filter((row) => known.has(row.id));
  if (gone.length === 0) return known;
  const less = new Map(known);
  for (const { id } of gone) less.delete(id);
  return less;
}

/** The model without a conversation. */
function drop(model: DeskModel, id: number): DeskModel {
  const less = (known: Rows): Rows => lessThese(known, [{ id }]);
  return { ...model, rows: less(model.rows), closed: less(model.closed), archive: less(model.archive) };
}

/** Up to which version a conversation is known, as mine to read or as gone; -1 where nothing is known of it. */
export function versionOf(model: DeskModel, id: number): number {
  return Math.max(find(model, id)?.version ?? -1, model.gone.get(id) ?? -1);
}

/** The conversation that an event is about, and the version of it that it tells; null where it tells none. */
export function about(event: ConsoleEvent): { id: number; version: number } | null {
  if ('conversation' in event) return typeof event.conversation === 'object' ? event.conversation : null;
  return event.type === 'conversation.taken' || event.type === 'conversation.left' ? event : null;
}

/** Whether a row is older than the moment its conversation left my sight: a late page or event, to be ignored. */
function isPast(model: DeskModel, row: ConversationRow): boolean {
  return row.version <= (model.gone.get(row.id) ?? -1);
}

/** The lists whose rows are counted. */
export type Counted = ListName & keyof Counts;

/** How many stand in a list: the rows where it is complete, otherwise the server's last word. */
export function countOf(model: DeskModel, list: Counted): number {
  return model.next[list] === null ? rowsOf(model, list).length : model.counts[list];
}

export function unreadOf(model: DeskModel, row: ConversationRow): number {
  return Math.max(0, row.inbound_count - (model.seen.get(row.id) ?? 0));
}

/** In how many of those that I attend there is something to read. */
export const newsIn = (model: DeskModel): number =>
  rowsOf(model, 'attending').filter((row) => unreadOf(model, row) > 0).length;

/** Whether a change of this row can have changed a count that only the server knows. */
export function countsUnsure(model: DeskModel): boolean {
  return model.next.waiting !== null || model.next.attending !== null || model.next.paused !== null;
}

export function apply(model: DeskModel, event: ConsoleEvent): Step {
  switch (event.type) {
    case 'conversation.opened':
    case 'message.posted':
    case 'message.changed':
    case 'conversation.paused':
    case 'conversation.resumed':
    case 'conversation.changed':
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
    case 'notices.changed':
      return { model: event.notices.at < model.notices.at ? model : { ...model, notices: event.notices }, gap: false };
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
  const next = put(model, [row]);
  return known || find(next, row.id) ? next : model;
}

/** The model with what the answer to my own request says; the event about it, which says more, still applies afterwards. */
export function withAnswer(model: DeskModel, row: ConversationRow): DeskModel {
  const known = find(model, row.id);
  if (!known || row.version <= known.version) return model;
  return put(model, [{ ...row, version: known.version }]);
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

/** The conversation that an event takes from me, where somebody else has put it back into Waiting. */
export function loss(event: ConsoleEvent, me: number): ConversationRow | null {
  if (event.type !== 'conversation.queued') return null;
  const taken = event.entries.some(
    ({ author, activity }) =>
      (activity?.kind === 'released' || activity?.kind === 'transferred') &&
      activity.operator === me &&
      author.kind === 'operator' &&
      author.id !== me,
  );
  return taken ? event.conversation : null;
}

/** The conversation that an event gives me, where I have not taken it myself. */
export function gift(event: ConsoleEvent, me: number): ConversationRow | null {
  if (event.type !== 'conversation.claimed' || event.conversation.operator !== me) return null;
  const given = event.entries.some(
    ({ author, activity }) => (activity?.kind === 'transferred' || activity?.kind === 'assigned') && author.id !== me,
  );
  return given ? event.conversation : null;
}
