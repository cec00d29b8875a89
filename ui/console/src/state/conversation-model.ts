/** What an open conversation knows, and how each event changes it. Pure. */
import { decide, mergeEntries } from '@recado/shared/thread.ts';
import type {
  Changes,
  ConsoleEvent,
  ConversationRow,
  ConversationState,
  Entry,
  Mark,
  Visitor,
} from '@recado/shared/wire.ts';

export interface ConversationModel {
  epoch: string;
  conversation: ConversationRow;
  entries: readonly Entry[];
  /** True where older entries can be fetched. */
  more: boolean;
  marks: readonly Mark[];
  visitor: Visitor;
}

/** The model after an event: `gap` where something in between is missing, `taken` by whom where it is no longer mine to see. */
export interface Step {
  model: ConversationModel;
  gap: boolean;
  taken: number | null;
}

export function fromState(state: ConversationState): ConversationModel {
  const { epoch, conversation, entries, more, marks, visitor } = state;
  return { epoch, conversation, entries, more, marks, visitor };
}

export function apply(model: ConversationModel, event: ConsoleEvent): Step {
  switch (event.type) {
    case 'conversation.opened':
    case 'message.posted':
    case 'conversation.claimed':
    case 'conversation.closed':
      return changed(model, event.conversation, event.entries);
    case 'conversation.taken':
      return taken(model, event.id, event.version, event.operator);
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
  return same({ ...model, conversation, entries: mergeEntries(model.entries, entries) });
}

function taken(model: ConversationModel, id: number, version: number, operator: number): Step {
  if (id !== model.conversation.id || version <= model.conversation.version) return same(model);
  return { model, gap: false, taken: operator };
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
  return {
    ...model,
    epoch: changes.epoch,
    conversation: changes.conversation,
    entries: mergeEntries(model.entries, changes.entries),
    marks: mergeMarks(model.marks, changes.marks),
  };
}

/** The answer to my own message, ahead of its event: the version stays, so that the event and what else it tells still apply. */
export function applyAnswer(model: ConversationModel, entry: Entry, conversation: ConversationRow): ConversationModel {
  const { version } = model.conversation;
  return {
    ...model,
    conversation: conversation.version > version ? { ...conversation, version } : model.conversation,
    entries: mergeEntries(model.entries, [entry]),
  };
}

export function addOlder(
  model: ConversationModel,
  page: { entries: readonly Entry[]; more: boolean },
): ConversationModel {
  return { ...model, entries: mergeEntries(model.entries, page.entries), more: page.more };
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
