/** How long things move, in milliseconds: the tokens' durations, and 0 for those who want no motion. */
const still = matchMedia('(prefers-reduced-motion: reduce)');

export function duration(kind: 'quick' | 'slow'): number {
  if (still.matches) return 0;
  return kind === 'quick' ? 120 : 200;
}
