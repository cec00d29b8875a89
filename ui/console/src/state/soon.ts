/** Does something so long after it was first asked for, once, however often it is asked for meanwhile: what is busy never rests. */
export class Soon {
  private readonly act: () => void;
  private readonly afterMs: () => number;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(act: () => void, afterMs: () => number) {
    this.act = act;
    this.afterMs = afterMs;
  }

  ask(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.act();
    }, this.afterMs());
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

const AFTER_MS = 1_000;
const AFTER_MS_HIDDEN = 5_000;

/** For what all pages ask after the same event: up to twice as long, so that not all ask at once. */
export const atLeisureMs = (): number => (document.hidden ? AFTER_MS_HIDDEN : AFTER_MS) * (1 + Math.random());
