/** How a thread scrolls: it stays at the newest while one is there, and keeps its place when older entries come in above. */
const NEAR_PX = 48;
const OLDER_PX = 400;

export class ThreadScroll {
  /** True while the newest message is in view. */
  atEnd = $state(true);
  private readonly onOlder: () => void;
  private readonly onEnd: () => void;
  private box: HTMLElement | null = null;
  private before: { height: number; top: number } | null = null;

  constructor(onOlder: () => void, onEnd: () => void) {
    this.onOlder = onOlder;
    this.onEnd = onEnd;
  }

  /** An attachment for the scrolling element, whose only child is the thread. */
  attach = (box: HTMLElement): (() => void) => {
    this.box = box;
    const grown = new ResizeObserver(() => this.atEnd && this.toEnd());
    grown.observe(box);
    if (box.firstElementChild) grown.observe(box.firstElementChild);
    const scrolled = (): void => this.look();
    box.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      grown.disconnect();
      box.removeEventListener('scroll', scrolled);
      this.box = null;
    };
  };

  toEnd(smooth = false): void {
    this.box?.scrollTo({ top: this.box.scrollHeight, behavior: smooth ? 'smooth' : 'instant' });
  }

  /** Before older entries are drawn. */
  remember(): void {
    if (this.box) this.before = { height: this.box.scrollHeight, top: this.box.scrollTop };
  }

  /** After they are: what was in view stays in view. */
  restore(): void {
    if (this.box && this.before) this.box.scrollTop = this.before.top + this.box.scrollHeight - this.before.height;
    this.before = null;
  }

  private look(): void {
    if (!this.box) return;
    const left = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight;
    const atEnd = left < NEAR_PX;
    if (atEnd && !this.atEnd) this.onEnd();
    this.atEnd = atEnd;
    if (this.box.scrollTop < OLDER_PX) this.onOlder();
  }
}
