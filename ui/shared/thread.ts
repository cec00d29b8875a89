/**
 * What a page knows of a thread: entries in order, versions, and grouping for the eye.
 *
 * Pure functions alone; what is still to be sent lives in `outbox.ts`.
 */
export { Outbox, newClientId } from './outbox.ts';
export type { Outcome, Pending, PendingState } from './outbox.ts';

/** What any entry carries, the console's and the widget's. */
export interface EntryLike {
  /** Its place in the thread, from 1, without gaps. */
  readonly seq: number;
  /** The thread's version at its last change. */
  readonly rev: number;
  /** Only on the reader's own entries. */
  readonly client_id: string | null;
}

/**
 * Both lists as one, ascending by seq, each entry once; of two with the same seq the one changed last.
 * Gives `known` itself when nothing is new, so that nothing is drawn again.
 */
export function mergeEntries<E extends EntryLike>(known: readonly E[], incoming: readonly E[]): readonly E[] {
  const bySeq = new Map(known.map((entry) => [entry.seq, entry]));
  let changed = false;
  for (const entry of incoming) {
    const mine = bySeq.get(entry.seq);
    if (mine !== undefined && mine.rev >= entry.rev) continue;
    bySeq.set(entry.seq, entry);
    changed = true;
  }
  return changed ? [...bySeq.values()].sort((a, b) => a.seq - b.seq) : known;
}

/** Those of `pending` that have not come back as entries. Gives `pending` itself when none has. */
export function withoutEchoes<P extends { readonly id: string }>(
  pending: readonly P[],
  entries: readonly EntryLike[],
): readonly P[] {
  const echoes = new Set(entries.map((entry) => entry.client_id));
  return pending.some((item) => echoes.has(item.id)) ? pending.filter((item) => !echoes.has(item.id)) : pending;
}

/**
 * What to do with an event that carries `incoming` as the thread's version where `known` is ours (0: nothing yet):
 * 'ignore' what is already known, 'apply' the very next one, and fetch where one in between is missing ('gap').
 */
export function decide(known: number, incoming: number): 'ignore' | 'apply' | 'gap' {
  if (incoming <= known) return 'ignore';
  return incoming === known + 1 ? 'apply' : 'gap';
}
