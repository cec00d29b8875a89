/** Conversations and entries as the server would tell them. */
import type { WidgetConversation, WidgetEntry } from '@recado/shared/wire.ts';

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

export function mine(seq: number, more: Partial<WidgetEntry> = {}): WidgetEntry {
  const author = { kind: 'visitor', name: null } as const;
  return { seq, rev: seq, author, body: `mine ${seq}`, at: NOON_US + seq, client_id: `id-${seq}`, ...more };
}

export function theirs(seq: number, more: Partial<WidgetEntry> = {}): WidgetEntry {
  const author = { kind: 'operator', name: 'Ana' } as const;
  return { seq, rev: seq, author, body: `theirs ${seq}`, at: NOON_US + seq, client_id: null, ...more };
}
