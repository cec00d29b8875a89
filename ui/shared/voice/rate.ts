/** How fast sound is played: chosen once, for all of it, and remembered. */
const RATES = [1, 1.5, 2];
const KEY = 'recado:voice-rate';
let held: number | null = null;
let hearers: (() => boolean)[] = [];

/** Calls back when it is another one, until the answer is false. */
export const hearRate = (told: () => boolean): void => void hearers.push(told);

export function rate(): number {
  if (held === null) {
    try {
      held = Number(localStorage.getItem(KEY));
    } catch {
      held = 1;
    }
    if (!RATES.includes(held)) held = 1;
  }
  return held;
}

export function nextRate(): void {
  held = RATES[(RATES.indexOf(rate()) + 1) % RATES.length]!;
  try {
    localStorage.setItem(KEY, `${held}`);
  } catch {
    // It lives as long as the page.
  }
  hearers = hearers.filter((told) => told());
}
