/**
 * How a thread scrolls: it stays at the newest while one is there, and keeps its place when entries come in or go on either
 * side of what is in view.
 */
const NEAR_PX = 48;
const PAGE_PX = 800;

export interface Hooks {
  /** The entries in view are near the beginning, or the end, of those that are drawn. */
  onOlder: () => void;
  onNewer: () => void;
  onView: (first: number, last: number) => void;
  onEnd: () => void;
}

export class ThreadScroll {
  /** True while the last entry that is drawn is in view. */
  atEnd = $state(true);
  /** The end of what is drawn is the end of the thread: there one stays when something comes. */
  whole = true;
  private readonly hooks: Hooks;
  private box: HTMLElement | null = null;
  private anchor: { seq: string; top: number } | null = null;
  private frame = 0;
  /** How far it could be scrolled when it was looked at. */
  private depth = -1;

  constructor(hooks: Hooks) {
    this.hooks = hooks;
  }

  /** An attachment for the scrolling element, whose only child is the thread. */
  attach = (box: HTMLElement): (() => void) => {
    this.box = box;
    const grown = new ResizeObserver(() => this.look());
    grown.observe(box);
    if (box.firstElementChild) grown.observe(box.firstElementChild);
    const scrolled = (): void => {
      this.frame ||= requestAnimationFrame(() => this.look());
    };
    box.addEventListener('scroll', scrolled, { passive: true });
    return () => {
      grown.disconnect();
      cancelAnimationFrame(this.frame);
      box.removeEventListener('scroll', scrolled);
      this.box = null;
    };
  };

  /** What grows now is being read: it is not followed to its end. */
  stay(): void {
    this.atEnd = false;
  }

  toEnd(smooth = false): void {
    this.box?.scrollTo({ top: this.box.scrollHeight, behavior: smooth ? 'smooth' : 'instant' });
  }

  /** Shows an entry a little below the upper edge, and gives the focus to the thread. */
  toEntry(seq: number): void {
    const entry = this.box?.querySelector<HTMLElement>(`[data-seq="${seq}"]`);
    if (!this.box || !entry) return;
    this.box.scrollTop += entry.getBoundingClientRect().top - this.box.getBoundingClientRect().top - this.box.clientHeight / 6;
    this.box.focus({ preventScroll: true });
    this.look();
  }

  /** Before other entries are drawn. */
  remember(): void {
    const entry = this.box && this.drawn()[this.firstInView(this.drawn())];
    this.anchor = entry ? { seq: entry.dataset.seq!, top: entry.getBoundingClientRect().top } : null;
  }

  /** After they are: what was in view stays in view. */
  restore(): void {
    const { box, anchor } = this;
    this.anchor = null;
    const entry = anchor && box?.querySelector(`[data-seq="${anchor.seq}"]`);
    if (!box || !entry || (this.atEnd && this.whole)) return;
    const moved = entry.getBoundingClientRect().top - anchor.top;
    if (Math.abs(moved) >= 1) box.scrollTop += moved;
  }

  /** Whether somebody has marked text here, or has the focus on a link: neither must be taken from under them. */
  isHeld(): boolean {
    const { box } = this;
    const selection = getSelection();
    const marked = Boolean(box && selection && !selection.isCollapsed && selection.containsNode(box, true));
    return marked || Boolean(box && box !== document.activeElement && box.contains(document.activeElement));
  }

  private drawn(): HTMLElement[] {
    return [...(this.box?.querySelectorAll<HTMLElement>('[data-seq]') ?? [])];
  }

  /** The place of the first entry that ends below the upper edge. */
  private firstInView(entries: readonly HTMLElement[], edge = this.box!.getBoundingClientRect().top): number {
    let [low, high] = [0, entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (entries[middle]!.getBoundingClientRect().bottom > edge) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private look(): void {
    this.frame = 0;
    const { box } = this;
    if (!box || box.clientHeight === 0) return;
    const depth = box.scrollHeight - box.clientHeight;
    if (depth !== this.depth && this.atEnd && this.whole) this.toEnd();
    this.depth = depth;
    const below = depth - box.scrollTop;
    const atEnd = below < NEAR_PX;
    const came = atEnd && !this.atEnd;
    this.atEnd = atEnd;
    const entries = this.drawn();
    if (entries.length > 0) {
      const { top, bottom } = box.getBoundingClientRect();
      const first = Math.min(this.firstInView(entries, top), entries.length - 1);
      const last = Math.min(this.firstInView(entries, bottom), entries.length - 1);
      this.hooks.onView(Number(entries[first]!.dataset.seq), Number(entries[last]!.dataset.seq));
    }
    if (came) this.hooks.onEnd();
    if (box.scrollTop < PAGE_PX) this.hooks.onOlder();
    if (below < PAGE_PX) this.hooks.onNewer();
  }
}
