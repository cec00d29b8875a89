/** The server's clock as the page sees it, in microseconds; ticks often enough for ages in minutes. */
const TICK_MS = 5_000;
const TOLERANCE_US = 5_000_000;

let ahead = 0;
let now = $state(Date.now() * 1000);

setInterval(() => tick(), TICK_MS);

function tick(): void {
  now = Date.now() * 1000 + ahead;
}

export const time = {
  get now(): number {
    return now;
  },
  /** The server's clock (ms) as an answer told it. A few seconds are the answer's way here; more is a clock that is wrong. */
  heard(server: number): void {
    const apart = (server - Date.now()) * 1000;
    const next = Math.abs(apart) > TOLERANCE_US ? apart : 0;
    if (Math.abs(next - ahead) < TOLERANCE_US) return;
    ahead = next;
    tick();
  },
};
