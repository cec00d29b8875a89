/** Pictures that were sent from this page, by the ids that they have there: shown from memory, so that nothing blinks. */
const MOST = 40;
const kept = new Map<string, string>();

export function keepPicture(id: string, address: string): void {
  kept.set(id, address);
  for (const [oldest, old] of kept) {
    if (kept.size <= MOST) return;
    kept.delete(oldest);
    URL.revokeObjectURL(old);
  }
}

export const localPicture = (id: string): string | null => kept.get(id) ?? null;
