/** What an open conversation knows, and how each event changes it. Pure. */
import { decide, mergeEntries } from '@recado/shared/thread.ts';
import type {
  Changes,
  Circle,
  ConsoleEvent,
  ConversationRow,
  ConversationState,
  Entry,
  EntryPage,
  Mark,
  Visitor,
} from '@recado/shared/wire.ts';

export interface ConversationModel {
  epoch: string;
  conversation: ConversationRow;
  /** Entries that follow one another without a gap: a window on the thread. */
  entries: readonly Entry[];
  /** There are older entries before the window. */
  more: boolean;
  /** There are newer entries behind it. */
  newer: boolean;
  marks: readonly Mark[];
  visitor: Visitor;
  circle: Circle;
}

/** The model after an event: `gap` where something in between is missing, `taken` by whom where it is no longer mine to see. */
export interface Step {
  model: ConversationModel;
  gap: boolean;
  taken: number | null;
  /** It is no longer mine to see, and not mine to know where it is. */
  left?: boolean;
}

export function fromState(state: ConversationState): ConversationModel {
  const { epoch, conversation, entries, more, marks, visitor, circle } = state;
  return { epoch, conversation, entries, more, newer: false, marks, visitor, circle };
}

export function apply(model: ConversationModel, event: ConsoleEvent): Step {
  switch (event.type) {
    case 'conversation.opened':
    case 'message.posted':
    case 'message.changed':
    case 'conversation.claimed':
    case 'conversation.queued':
    case 'conversation.paused':
    case 'conversation.resumed':
    case 'conversation.closed':
      return changed(model, event.conversation, event.entries);
    case 'conversation.taken':
      return taken(model, event.id, event.version, event.operator);
    case 'conversation.left':
      return left(model, event.id, event.version);
    case 'thread.read':
      return read(model, event.conversation, event.version, event.mark);
    case 'visitor.presence':
      if (event.conversation !== model.conversation.id) return same(model);
      return same({ ...model, visitor: { ...model.visitor, online: event.online } });
    default:
      return same(model);
  }
}

const same = (model: ConversationModel): Step => ({ model, gap: false, taken: null });

function changed(model: ConversationModel, conversation: ConversationRow, entries: readonly Entry[]): Step {
  if (conversation.id !== model.conversation.id) return same(model);
  const what = decide(model.conversation.version, conversation.version);
  if (what === 'ignore') return same(model);
  if (what === 'gap') return { model, gap: true, taken: null };
  return same(withEntries({ ...model, conversation, circle: circleAfter(model.circle, entries) }, entries));
}

/** Who looks in, after lines that say that somebody does or does no longer. */
function circleAfter(circle: Circle, entries: readonly Entry[]): Circle {
  return entries.reduce((so, { activity }) => {
    const who = activity?.operator ?? null;
    if (who === null || (activity!.kind !== 'looked_in' && activity!.kind !== 'looked_away')) return so;
    const less = (known: number[]): number[] => known.filter((id) => id !== who);
    if (activity!.kind === 'looked_away') return { lookers: less(so.lookers), mentionable: less(so.mentionable) };
    return { lookers: [...less(so.lookers), who], mentionable: [...less(so.mentionable), who] };
  }, circle);
}

/** Whether it went to other readers. */
export function movedBetween(before: ConversationModel, after: ConversationModel): boolean {
  const [a, b] = [before.conversation, after.conversation];
  return a.status !== b.status || a.operator !== b.operator || a.department.id !== b.department.id;
}

/** The model with what belongs into its window; an entry beyond it would stand beside ones it does not follow. */
export function withEntries(model: ConversationModel, entries: readonly Entry[]): ConversationModel {
  const [first, last] = [model.entries[0]?.seq ?? 0, model.entries.at(-1)?.seq ?? 0];
  const fitting = entries.filter(({ seq }) => (seq >= first || !model.more) && (seq <= last || !model.newer));
  return { ...model, entries: mergeEntries(model.entries, fitting) };
}

function taken(model: ConversationModel, id: number, version: number, operator: number): Step {
  if (id !== model.conversation.id || version <= model.conversation.version) return same(model);
  return { model, gap: false, taken: operator };
}

function left(model: ConversationModel, id: number, version: number): Step {
  if (id !== model.conversation.id || version <= model.conversation.version) return same(model);
  return { model, gap: false, taken: null, left: true };
}

function read(model: ConversationModel, id: number, version: number | null, mark: Mark): Step {
  if (id !== model.conversation.id) return same(model);
  const marks = mergeMarks(model.marks, [mark]);
  if (version === null) return same({ ...model, marks });
  const what = decide(model.conversation.version, version);
  if (what !== 'apply') return { model, gap: what === 'gap', taken: null };
  return same({ ...model, marks, conversation: { ...model.conversation, version } });
}

/** Everything that changed since the version this model has. */
export function applyChanges(model: ConversationModel, changes: Changes): ConversationModel {
  if (changes.conversation.version < model.conversation.version) return model;
  const { epoch, conversation, circle } = changes;
  return withEntries({ ...model, epoch, conversation, circle, marks: mergeMarks(model.marks, changes.marks) }, changes.entries);
}

/** The answer to my own message, ahead of its event: the version stays, so that the event and what else it tells still apply. */
export function applyAnswer(model: ConversationModel, entry: Entry, conversation: ConversationRow): ConversationModel {
  const { version } = model.conversation;
  const known = conversation.version > version ? { ...conversation, version } : model.conversation;
  return withEntries({ ...model, conversation: known }, [entry]);
}

/** The row as the answer to a move says; the version stays, so that the event still applies. */
export function withAnswer(model: ConversationModel, conversation: ConversationRow): ConversationModel {
  const { version } = model.conversation;
  return conversation.version > version ? { ...model, conversation: { ...conversation, version } } : model;
}

export function addOlder(model: ConversationModel, page: EntryPage): ConversationModel {
  return { ...model, entries: mergeEntries(model.entries, page.entries), more: page.more };
}

export function addNewer(model: ConversationModel, page: EntryPage): ConversationModel {
  return newerKnown({ ...model, entries: mergeEntries(model.entries, page.entries), newer: page.newer });
}

/** The model with its window somewhere else. */
export function moveTo(model: ConversationModel, page: EntryPage): ConversationModel {
  return newerKnown({ ...model, entries: page.entries, more: page.more, newer: page.newer });
}

/** What was posted while the page was on its way lies behind it. */
function newerKnown(model: ConversationModel): ConversationModel {
  const last = model.entries.at(-1)?.seq ?? 0;
  return { ...model, newer: model.newer || last < model.conversation.seq };
}

/** The model with a window of at most `most` entries: what lies farthest from the entries in view is let go. */
export function trim(model: ConversationModel, most: number, view: readonly [number, number]): ConversationModel {
  const { entries } = model;
  const over = entries.length - most;
  if (over <= 0) return model;
  const above = entries.findIndex((entry) => entry.seq >= view[0]);
  const below = entries.length - 1 - entries.findLastIndex((entry) => entry.seq <= view[1]);
  if (above > below) return { ...model, entries: entries.slice(Math.min(over, above)), more: true };
  return { ...model, entries: entries.slice(0, entries.length - Math.min(over, below)), newer: below > 0 || model.newer };
}

function mergeMarks(known: readonly Mark[], incoming: readonly Mark[]): readonly Mark[] {
  const byReader = new Map(known.map((mark) => [`${mark.reader.kind} ${mark.reader.id}`, mark]));
  for (const mark of incoming) {
    const key = `${mark.reader.kind} ${mark.reader.id}`;
    if (mark.seq >= (byReader.get(key)?.seq ?? 0)) byReader.set(key, mark);
  }
  return [...byReader.values()];
}

/** Up to which entry the visitor has seen the thread. */
export function seenByVisitor(model: ConversationModel): number {
  return Math.max(0, ...model.marks.filter((mark) => mark.reader.kind === 'visitor').map((mark) => mark.seq));
}

/** Up to which entry an operator has seen it, 0 where never. */
export function seenBy(model: ConversationModel, operator: number): number {
  return model.marks.find((mark) => mark.reader.kind === 'operator' && mark.reader.id === operator)?.seq ?? 0;
}
