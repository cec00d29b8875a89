/** Which rows of a long list are drawn. Every row has the same height, so this is arithmetic and nothing is measured. Pure. */

/** Rows from `from` up to, and without, `to`. */
export interface Range {
  from: number;
  to: number;
}

/** The rows in view with `spare` more on each side, of `total` rows. */
export function inView(total: number, top: number, height: number, row: number, spare: number): Range {
  const from = Math.max(0, Math.min(total, Math.floor(top / row)) - spare);
  const to = Math.min(total, Math.ceil((top + height) / row) + spare);
  return { from: Math.min(from, to), to };
}

/** The places to draw, ascending: those of the range, and those that must not vanish (−1: none). */
export function placesOf({ from, to }: Range, always: readonly number[]): number[] {
  const places = new Set(always.filter((place) => place >= 0));
  for (let place = from; place < to; place += 1) places.add(place);
  return [...places].sort((a, b) => a - b);
}

/** Where to scroll so that a row is wholly in view: as little as possible. */
export function reveal(place: number, top: number, height: number, row: number): number {
  const start = place * row;
  if (start < top) return start;
  return start + row > top + height ? start + row - height : top;
}

/**
 * How far to scroll so that what was in view stays where it was: the first row in view that is still there decides.
 * 0 at the very top, where new rows are to be seen.
 */
export function shift(before: readonly number[], now: readonly number[], top: number, row: number): number {
  if (top <= 0) return 0;
  const at = Math.floor(top / row);
  if (before[at] !== undefined && before[at] === now[at]) return 0;
  const places = new Map(now.map((id, place) => [id, place]));
  for (let place = at; place < before.length; place += 1) {
    const moved = places.get(before[place]!);
    if (moved !== undefined) return (moved - place) * row;
  }
  return 0;
}
