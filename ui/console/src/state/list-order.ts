/** Rows never move under the pointer: while it is over the list, the order that was shown stays. Pure. */

/**
 * The ids to show. Frozen: those shown before in their places (also one that has left; its place stays empty until the pointer
 * goes), what is new behind them. Otherwise the natural order.
 */
export function settle(natural: readonly number[], shown: readonly number[], frozen: boolean): readonly number[] {
  if (!frozen || shown.length === 0) return natural;
  const here = new Set(natural);
  // What has left at the end moves nothing by going.
  const kept = shown.slice(0, shown.findLastIndex((id) => here.has(id)) + 1);
  const standing = new Set(kept);
  const fresh = natural.filter((id) => !standing.has(id));
  return fresh.length === 0 && kept.length === shown.length ? shown : [...kept, ...fresh];
}

/** The id `step` places from `from` in a list; its ends where it would run over, its first where `from` is not in it. */
export function neighbour(ids: readonly number[], from: number | null, step: 1 | -1): number | null {
  if (ids.length === 0) return null;
  const at = from === null ? -1 : ids.indexOf(from);
  if (at === -1) return ids[step === 1 ? 0 : ids.length - 1]!;
  return ids[Math.min(ids.length - 1, Math.max(0, at + step))]!;
}
