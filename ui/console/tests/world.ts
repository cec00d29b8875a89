/** One desk for the tests: Ana (7) and Bruno (8) in Ventas, and conversations made to order. */
import type { ConsoleEvent, ConversationRow, ConversationState, DeskState, Entry, Mark, Rules } from '@recado/shared/wire.ts';
import { BUILT_IN as NOTICES } from '../src/state/choices.svelte.ts';

export const ANA = 7;
export const BRUNO = 8;
/** What Ventas does by itself. */
export const RULES: Rules = { assignment: 'manual', absence_minutes: 10, reopen_days: 14, look_in: false, archive: false, edit_minutes: 15, undo_s: 10, ring_minutes: 2, push_minutes: 5, supervisor_minutes: 10 };
/** Of everything, at any time. */
export { NOTICES };
const MINUTE = 60_000_000;
export const T0 = Date.UTC(2026, 10, 21, 10, 0) * 1000;

export function row(id: number, changes: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id,
    status: 'waiting',
    channel: 'chat',
    inbox: { id: 1, name: 'Tienda' },
    department: { id: 1, name: 'Ventas' },
    customer: { id: id + 100, name: `Customer ${id}`, email: null, verified: false, visitor: id + 500 },
    operator: null,
    waiting_since: T0 + id * MINUTE,
    opened_at: T0 + id * MINUTE,
    last_at: T0 + id * MINUTE,
    answer_due_since: T0 + id * MINUTE,
    excerpt: 'Hola',
    excerpt_by: 'visitor',
    excerpt_author: null,
    inbound_count: 1,
    seq: 1,
    version: 1,
    former: null,
    paused_until: null,
    closed_at: null,
    alert_step: 0,
    acknowledged_by: null,
    ...changes,
  };
}

/** Somebody attends it. */
export function attended(id: number, operator: number, changes: Partial<ConversationRow> = {}): ConversationRow {
  return row(id, { status: 'attending', operator, waiting_since: null, version: 2, ...changes });
}

export function entry(seq: number, changes: Partial<Entry> = {}): Entry {
  return {
    seq,
    rev: seq,
    kind: 'public',
    author: { kind: 'visitor', id: 101 },
    client_id: null,
    body: `Text ${seq}`,
    activity: null,
    at: T0 + seq * MINUTE,
    mentions: [],
    attachments: [],
    quote: null,
    edits: 0,
    gone: null,
    ...changes,
  };
}

export function mine(seq: number, changes: Partial<Entry> = {}): Entry {
  return entry(seq, { author: { kind: 'operator', id: ANA }, client_id: `sent-${seq}`, ...changes });
}

export function mark(kind: 'visitor' | 'operator', id: number, seq: number, inbound = 0): Mark {
  return { reader: { kind, id }, seq, inbound_count: inbound, at: T0 };
}

export function desk(
  waiting: ConversationRow[],
  attending: ConversationRow[] = [],
  changes: { next?: string | null; seen?: Record<string, number>; counts?: DeskState['counts'] } = {},
): DeskState {
  return {
    epoch: 'e1',
    wire: 1,
    me: {
      id: ANA,
      name: 'Ana Morales',
      username: 'ana',
      email: null,
      role: 'operator',
      departments: [{ id: 1, name: 'Ventas' }],
      locale: null,
      theme: 'system',
      desk_window: true,
      availability: 'available',
      chat_limit: null,
    },
    people: [
      { id: ANA, name: 'Ana Morales', role: 'operator', disabled: false, availability: 'available' },
      { id: BRUNO, name: 'Bruno Reyes', role: 'operator', disabled: false, availability: 'available' },
    ],
    departments: [{ id: 1, name: 'Ventas' }],
    rules: { 1: RULES },
    reasons: [],
    waiting: { items: waiting, seen: changes.seen ?? {}, next: changes.next ?? null },
    attending: { items: attending, seen: changes.seen ?? {}, next: null },
    paused: { items: [], seen: {}, next: null },
    counts: changes.counts ?? { waiting: waiting.length, attending: attending.length, paused: 0, unread: 0 },
    drafts: [],
    online: [],
    looking: {},
    notices: NOTICES,
  };
}

export function conversation(of: ConversationRow, entries: Entry[], marks: Mark[] = []): ConversationState {
  return {
    epoch: 'e1',
    conversation: of,
    entries,
    more: false,
    marks,
    visitor: { page: null, locale: 'es', agent: null, online: true, data: [], answers: [] },
    drafts: [],
    circle: NOBODY,
  };
}

export const NOBODY = { lookers: [], mentionable: [] };

/** What is so of most activity lines. */
export const LINE = { to: null, department: null, origin: null, until: null, reason: null, cause: null };

export function posted(of: ConversationRow, ...entries: Entry[]): ConsoleEvent {
  return { type: 'message.posted', conversation: of, entries };
}
