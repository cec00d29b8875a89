/** Does something until it succeeds: one attempt at a time, ever later where it fails, and once more where it was asked for meanwhile. */
import { Soon } from './soon.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export class Until {
  private readonly act: () => Promise<unknown>;
  private readonly soon: Soon;
  private failures = 0;
  private running = false;
  private wanted = false;
  private ended = false;

  /** `afterMs`: how long it waits for more that asks for it. */
  constructor(act: () => Promise<unknown>, afterMs: () => number = () => 0) {
    this.act = act;
    const pauseMs = (): number => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1)) * (1 + Math.random());
    this.soon = new Soon(() => void this.run(), () => (this.failures > 0 ? pauseMs() : afterMs()));
  }

  ask(): void {
    if (this.running) this.wanted = true;
    else if (!this.ended) this.soon.ask();
  }

  stop(): void {
    this.ended = true;
    this.soon.stop();
  }

  private async run(): Promise<void> {
    [this.running, this.wanted] = [true, false];
    const failed = await this.act().then(
      () => false,
      () => true,
    );
    this.running = false;
    this.failures = failed ? this.failures + 1 : 0;
    if (failed || this.wanted) this.ask();
  }
}
