/** How urgent it is to answer somebody, by how long they have waited: the colours of rows and of the team's page. */
import type { ConversationRow } from '@recado/shared/wire.ts';
import { time } from './time.svelte.ts';

const SOON_MIN = 5;
const LATE_MIN = 10;

/** Since when the customer of a conversation waits for somebody, or for an answer of who attends it; null: they do not. */
export function waitsSince(row: ConversationRow): number | null {
  if (row.status === 'waiting') return row.waiting_since ?? row.opened_at;
  return row.status === 'attending' ? row.answer_due_since : null;
}

/** '' below 5 minutes, 'soon' (orange) from then on, 'late' (red) from 10. */
export function urgency(since: number): '' | 'soon' | 'late' {
  const minutes = Math.floor((time.now - since) / 60_000_000);
  if (minutes < SOON_MIN) return '';
  return minutes < LATE_MIN ? 'soon' : 'late';
}
