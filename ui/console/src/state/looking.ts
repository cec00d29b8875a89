/**
 * Which conversation somebody has before their eyes, known to every tab of the browser: the tab that has the focus holds a
 * name for it, which goes with the tab whatever becomes of it.
 */
import { listHeld } from '@recado/shared/hold.ts';

const LOOKING = 'recado:looking:';

/** What this tab holds; where the browser has no locks, each tab knows of itself alone. */
let held: { place: string; free: () => void } | null = null;

/** Says what is open here, null for nothing: it is looked at while the page has the focus. */
export function lookAt(place: string | null): void {
  const seen = place !== null && document.visibilityState === 'visible' && document.hasFocus() ? place : null;
  if (seen === (held?.place ?? null)) return;
  held?.free();
  held = null;
  if (seen === null) return;
  let free = (): void => undefined;
  const until = new Promise<void>((done) => (free = done));
  held = { place: seen, free };
  const locks = navigator.locks as LockManager | undefined;
  void locks?.request(LOOKING + seen, { mode: 'shared' }, () => until).catch(() => undefined);
}

export async function isLookedAt(place: string): Promise<boolean> {
  return held?.place === place || (await listHeld()).includes(LOOKING + place);
}
