/** Conversations and entries as the server would tell them. */
import type { VisitState, WidgetConversation, WidgetEntry } from '@recado/shared/wire.ts';

export const MINUTE_US = 60_000_000;
/** A Tuesday noon, so that a few minutes more or less stay on one day. */
export const NOON_US = Date.UTC(2026, 10, 17, 12) * 1000;

export function conversation(id: string, more: Partial<WidgetConversation> = {}): WidgetConversation {
  const read = { visitor_read: 0, operator_read: 0 };
  return {
    id,
    status: 'open',
    version: 1,
    seq: 1,
    opened_at: NOON_US,
    department: 'Ventas',
    operator: null,
    ...read,
    ...more,
  };
}

const PLAIN = { attachments: [], quote: null, edited: false, gone: null };

export function mine(seq: number, more: Partial<WidgetEntry> = {}): WidgetEntry {
  const author = { kind: 'visitor', name: null } as const;
  return { seq, rev: seq, author, body: `mine ${seq}`, at: NOON_US + seq, client_id: `id-${seq}`, ...PLAIN, ...more };
}

export function theirs(seq: number, more: Partial<WidgetEntry> = {}): WidgetEntry {
  const author = { kind: 'operator', name: 'Ana' } as const;
  return { seq, rev: seq, author, body: `theirs ${seq}`, at: NOON_US + seq, client_id: null, ...PLAIN, ...more };
}

/** A visit to an inbox that asks for nothing, of somebody who has said nothing. */
export function visit(
  inbox: Partial<VisitState['inbox']> = {},
  visitor: Partial<VisitState['visitor']> = {},
  more: Partial<VisitState> = {},
): VisitState {
  return {
    token: 'token',
    expires_at: 0,
    resume_key: 'key',
    epoch: 'epoch',
    wire: 1,
    department: 'Ventas',
    people: [],
    blocked: false,
    conversations: [],
    inbox: {
      name: 'Tienda',
      department: 'Ventas',
      colour: '#000000',
      theme: 'system',
      greeting: '',
      away: '',
      ask_name: 'no',
      ask_email: 'no',
      ask_when_away: true,
      fields: [],
      departments: [],
      ...inbox,
    },
    answering: { open: true, opens_at: null, within_s: null, text: '' },
    visitor: { name: null, email: null, verified: false, ...visitor },
    ...more,
  };
}

/** A place that can be loaded anew, by which modules that come meanwhile still find their files: tests of other files share them. */
export const hereWith = (reload: () => void): object => ({ reload, toString: () => 'http://localhost:3000/' });
