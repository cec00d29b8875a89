/** How far recordings of this page have come on their way to the server, by their ids: told to whoever shows them. */
export interface Progress {
  /** From 0 to 1; 1 while it is being looked at. */
  readonly share: number;
  /** The server's code, where it would not have it. */
  readonly problem: string | null;
}

const known = new Map<string, Progress>();
const hearers = new Map<string, Set<(now: Progress) => void>>();

export function tell(id: string, now: Progress): void {
  known.set(id, now);
  for (const hear of hearers.get(id) ?? []) hear(now);
}

/** Calls back at once, where anything is known, and whenever it is something else; gives the way to stop that. */
export function hear(id: string, told: (now: Progress) => void): () => void {
  const now = known.get(id);
  const all = hearers.get(id) ?? new Set();
  hearers.set(id, all.add(told));
  if (now) told(now);
  return () => void all.delete(told);
}
