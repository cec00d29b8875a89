/** What an open direct conversation knows, and how each event changes it. Pure. */
import { decide } from '@recado/shared/thread.ts';
import type { ConsoleEvent, DirectChanges, DirectRow, DirectState, Entry, Mark, Own } from '@recado/shared/wire.ts';
import { direct as ownerOf } from './owners.ts';
import { mergeMarks, withEntries, type ThreadModel, type ThreadRow } from './thread-window.ts';

export interface DirectModel extends ThreadModel {
  direct: DirectRow;
  own: Own;
  /** After which entry each reads who does not read all of it. */
  floors: Readonly<Record<string, number>>;
  /** How many of all messages lie before what I read. */
  before: number;
}

export interface Step {
  model: DirectModel;
  /** Something in between is missing, or is to be asked: who takes part now begins somewhere. */
  gap: boolean;
  /** I take part no longer. */
  left: boolean;
}

const rowOf = (row: DirectRow): ThreadRow => ({
  id: ownerOf(row.id),
  seq: row.seq,
  version: row.version,
  inbound_count: row.count,
  opened_at: row.started_at,
});

export function fromState(state: DirectState): DirectModel {
  const { epoch, direct, own, entries, more, marks, floors } = state;
  const before = direct.count - state.readable;
  return { epoch, direct, own, before, conversation: rowOf(direct), entries, more, newer: false, marks, floors };
}

const same = (model: DirectModel): Step => ({ model, gap: false, left: false });

export function apply(model: DirectModel, event: ConsoleEvent): Step {
  switch (event.type) {
    case 'direct.posted':
    case 'direct.changed':
      return event.direct.id === model.direct.id ? posted(model, event.direct, event.entries, event.mark) : same(model);
    case 'direct.read':
      return event.direct === model.direct.id ? read(model, event.version, event.mark) : same(model);
    case 'direct.left':
      return { ...same(model), left: event.id === model.direct.id && event.version > model.direct.version };
    case 'direct.own_changed':
      if (event.direct !== model.direct.id || event.own.at < model.own.at) return same(model);
      return same({ ...model, own: event.own });
    default:
      return same(model);
  }
}

/** Who comes or goes: where they begin, and how far they had read, no event tells. */
const moves = ({ activity }: Entry): boolean => activity !== null && activity.kind !== 'renamed';

function posted(model: DirectModel, row: DirectRow, entries: readonly Entry[], mark: Mark | null): Step {
  const what = decide(model.direct.version, row.version);
  if (what === 'ignore') return same(model);
  if (what === 'gap' || entries.some(moves)) return { model, gap: true, left: false };
  return same(withEntries(withMark(withRow(model, row), mark), entries));
}

function read(model: DirectModel, version: number | null, mark: Mark): Step {
  const marked = withMark(model, mark);
  if (version === null) return same(marked);
  const what = decide(model.direct.version, version);
  if (what !== 'apply') return { model, gap: what === 'gap', left: false };
  return same(withRow(marked, { ...model.direct, version }));
}

export const withRow = (model: DirectModel, row: DirectRow): DirectModel => ({ ...model, direct: row, conversation: rowOf(row) });

const withMark = (model: DirectModel, mark: Mark | null): DirectModel =>
  mark === null ? model : { ...model, marks: mergeMarks(model.marks, [mark]) };

/** Everything that changed since the version this model has. */
export function applyChanges(model: DirectModel, changes: DirectChanges): DirectModel {
  if (changes.direct.version < model.direct.version) return model;
  const { epoch, direct, marks, floors } = changes;
  // Of how it stands for me I may have been told since.
  const own = changes.own.at < model.own.at ? model.own : changes.own;
  const before = direct.count - changes.readable;
  return withEntries({ ...withRow(model, direct), epoch, own, before, marks, floors }, changes.entries);
}

/** The answer to my own message, ahead of its event: the version stays, so that the event and what else it tells still apply. */
export function applyAnswer(model: DirectModel, entry: Entry, direct: DirectRow): DirectModel {
  const { version } = model.direct;
  const known = direct.version > version ? { ...direct, version } : model.direct;
  return withEntries(withRow(model, known), [entry]);
}

/** Whether all who read an entry besides me have seen it: two ticks, never where nobody else reads so far back. */
export function seenByAll({ direct, marks, floors }: DirectModel, me: number): (seq: number) => boolean {
  const read = new Map(marks.map(({ reader, seq }) => [reader.id, seq]));
  const others = direct.people.filter((id) => id !== me).map((id) => ({ from: floors[String(id)] ?? 0, to: read.get(id) ?? 0 }));
  return (seq) => {
    const readers = others.filter(({ from }) => from < seq);
    return readers.length > 0 && readers.every(({ to }) => to >= seq);
  };
}
