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
