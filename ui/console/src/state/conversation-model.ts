/** What an open conversation knows, and how each event changes it. Pure. */
import { decide } from '@recado/shared/thread.ts';
import type {
  Changes,
  Circle,
  ConsoleEvent,
  ConversationRow,
  ConversationState,
  Entry,
  Mark,
  Visitor,
} from '@recado/shared/wire.ts';
import { mergeMarks, withEntries, type ThreadModel } from './thread-window.ts';

export { addNewer, addOlder, moveTo, seenBy, trim, withEntries } from './thread-window.ts';

export interface ConversationModel extends ThreadModel {
  conversation: ConversationRow;
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
    case 'conversation.changed':
      return changed(model, event.conversation, []);
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

/** Up to which entry the visitor has seen the thread. */
export function seenByVisitor(model: ThreadModel): number {
  return Math.max(0, ...model.marks.filter((mark) => mark.reader.kind === 'visitor').map((mark) => mark.seq));
}
