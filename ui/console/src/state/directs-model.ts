/** The lists of my direct conversations, what is unread in them, and how each event changes that. Pure. */
import type { Box, ConsoleEvent, DirectCounts, DirectItem, DirectRow, Entry, Own } from '@recado/shared/wire.ts';

export const BOXES: readonly Box[] = ['open', 'inbox', 'sent', 'archived'];

export interface DirectsModel {
  items: ReadonlyMap<number, DirectItem>;
  /** Where a list goes on; null: it is whole; undefined: nothing of it was fetched. */
  next: Readonly<Partial<Record<Box, string | null>>>;
  counts: DirectCounts;
  /** Up to which version those are known in which I take part no longer. */
  gone: ReadonlyMap<number, number>;
}

export interface Step {
  model: DirectsModel;
  /** One of which too little is known here: it is to be asked. */
  missing: number | null;
}

export const EMPTY: DirectsModel = { items: new Map(), next: {}, counts: { inbox: 0, archived: 0 }, gone: new Map() };

const same = (model: DirectsModel, missing: number | null = null): Step => ({ model, missing });

export function apply(model: DirectsModel, event: ConsoleEvent, me: number): Step {
  switch (event.type) {
    case 'direct.posted':
    case 'direct.changed':
      return posted(model, event.direct, event.entries, me);
    case 'direct.read':
      return step(model, event.direct, event.version, null);
    case 'direct.left':
      return event.version > versionOf(model, event.id) ? same(without(model, event.id, event.version)) : same(model);
    case 'direct.own_changed':
      return same(withOwn(model, event.direct, event.own));
    default:
      return same(model);
  }
}

export function versionOf(model: DirectsModel, id: number): number {
  return Math.max(model.items.get(id)?.direct.version ?? -1, model.gone.get(id) ?? -1);
}

function posted(model: DirectsModel, row: DirectRow, entries: readonly Entry[], me: number): Step {
  const known = model.items.get(row.id);
  if (known === undefined) return meet(model, row, entries, me);
  if (row.version <= known.direct.version) return same(model);
  const { model: after, missing } = step(model, row.id, row.version, row);
  return missing === null ? same(entries.reduce((so, entry) => said(so, row.id, entry, me), after)) : same(after, missing);
}

/** One that begins is told whole; of one that is not listed here, how it stands for me is asked. */
function meet(model: DirectsModel, row: DirectRow, entries: readonly Entry[], me: number): Step {
  if (row.version <= (model.gone.get(row.id) ?? -1)) return same(model);
  if (row.version !== 1 || entries[0]?.seq !== 1) return same(model, row.id);
  const mine = row.started_by === me;
  const own: Own = { received: !mine, started: mine, archived: false, floor: 0, seen: 0, alerts: 'all', at: entries[0].at };
  return same(withItem(model, { direct: row, own }));
}

function step(model: DirectsModel, id: number, version: number | null, row: DirectRow | null): Step {
  const known = model.items.get(id);
  if (known === undefined || version === null || version <= known.direct.version) return same(model);
  if (version > known.direct.version + 1) return same(model, id);
  return same(withItem(model, { ...known, direct: row ?? { ...known.direct, version } }));
}

/** A message brings it out of the archive, and a colleague's into the inbox. */
function said(model: DirectsModel, id: number, { kind, author, at }: Entry, me: number): DirectsModel {
  const known = model.items.get(id);
  if (known === undefined || kind !== 'note' || at <= known.own.at) return model;
  const received = known.own.received || author.id !== me;
  return withItem(model, { ...known, own: { ...known.own, archived: false, received, at } });
}

function withOwn(model: DirectsModel, id: number, own: Own): DirectsModel {
  const known = model.items.get(id);
  return known === undefined || own.at < known.own.at ? model : withItem(model, { ...known, own });
}

export const unreadOf = ({ direct, own }: DirectItem): number => Math.max(0, direct.count - own.seen);

/** On which list it counts as unread. */
const countsOn = (item: DirectItem | undefined): keyof DirectCounts | null =>
  item === undefined || unreadOf(item) === 0 ? null : item.own.archived ? 'archived' : 'inbox';

function recounted(counts: DirectCounts, before: DirectItem | undefined, after: DirectItem | undefined): DirectCounts {
  const [from, to] = [countsOn(before), countsOn(after)];
  if (from === to) return counts;
  const now = { ...counts };
  if (from !== null) now[from] = Math.max(0, now[from] - 1);
  if (to !== null) now[to] += 1;
  return now;
}

/** Of two that are known of one, what is newer of each half: a page may be older than an event. */
function newer(known: DirectItem | undefined, found: DirectItem): DirectItem {
  if (known === undefined) return found;
  const direct = found.direct.version >= known.direct.version ? found.direct : known.direct;
  return { direct, own: found.own.at >= known.own.at ? found.own : known.own };
}

function withItem(model: DirectsModel, item: DirectItem): DirectsModel {
  const { id } = item.direct;
  const items = new Map(model.items).set(id, item);
  return { ...model, items, counts: recounted(model.counts, model.items.get(id), item) };
}

function without(model: DirectsModel, id: number, version: number): DirectsModel {
  const items = new Map(model.items);
  items.delete(id);
  const gone = new Map(model.gone).set(id, version);
  return { ...model, items, gone, counts: recounted(model.counts, model.items.get(id), undefined) };
}

/** What was asked of one; null: it is none of mine any more. What is unread in it was counted already, if anything was. */
export function withAsked(model: DirectsModel, id: number, item: DirectItem | null): DirectsModel {
  if (item === null) return without(model, id, versionOf(model, id));
  if (item.direct.version <= (model.gone.get(id) ?? -1)) return model;
  const gone = new Map(model.gone);
  gone.delete(id);
  return { ...model, items: new Map(model.items).set(id, newer(model.items.get(id), item)), gone };
}

/** Whether an event can have changed a count that is known of what is listed here alone: others' reading never does. */
export const countsUnsure = ({ type }: ConsoleEvent): boolean => type.startsWith('direct.') && type !== 'direct.read';

/** One that is listed here, as a fetch of it says; where it is not, what is unread in it is not counted here. */
export function withKnown(model: DirectsModel, item: DirectItem): DirectsModel {
  const known = model.items.get(item.direct.id);
  return known === undefined ? model : withItem(model, newer(known, item));
}

/** What was fetched of a list, with the counts of the same moment where it was fetched anew. */
export function withPage(model: DirectsModel, box: Box, page: { items: readonly DirectItem[]; next: string | null }): DirectsModel {
  const items = new Map(model.items);
  for (const item of page.items) {
    const { id, version } = item.direct;
    if (version > (model.gone.get(id) ?? -1)) items.set(id, newer(items.get(id), item));
  }
  return { ...model, items, next: { ...model.next, [box]: page.next } };
}

/** In which lists it stands. */
export function boxesOf(own: Own): Box[] {
  if (own.archived) return ['archived'];
  return BOXES.filter((box) => box === 'open' || (box === 'inbox' && own.received) || (box === 'sent' && own.started));
}

/** The rows of a list, the latest message first: as far as they are known without a gap. */
export function rowsOf(model: DirectsModel, box: Box): DirectItem[] {
  const listed = [...model.items.values()].filter(({ own }) => boxesOf(own).includes(box));
  listed.sort((a, b) => b.direct.last_at - a.direct.last_at || b.direct.id - a.direct.id);
  const next = model.next[box];
  const end = next ? Number(next.split('-')[0]) : 0;
  return listed.filter(({ direct }) => direct.last_at >= end);
}
