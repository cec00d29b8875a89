/** Which message of the thread one is at, by pointer, key or finger. What is done with it from there is in `afterwards.ts`. */
import type { Entry } from '@recado/shared/wire.ts';

const MESSAGE = '[data-message]';
/** So long an entry is marked that one has gone to. */
const MARKED_MS = 2_000;

const messageAt = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>(MESSAGE) : null;

const seqOf = (message: HTMLElement): number => Number(message.dataset.seq);

export class Acting {
  /** The one whose tools are shown, by its place in the thread. */
  at = $state<number | null>(null);
  /** The one that somebody has just gone to. */
  marked = $state<number | null>(null);
  private readonly entries: () => readonly Entry[];
  private box: HTMLElement | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(entries: () => readonly Entry[]) {
    this.entries = entries;
  }

  /** An attachment for what the thread scrolls in. */
  attach = (box: HTMLElement): (() => void) => {
    this.box = box;
    const at = ({ target, pointerType }: Event & { pointerType?: string }): void => {
      if (pointerType !== 'touch') this.come(messageAt(target));
    };
    // A tap gives the focus, too, before it is a click: what counts is what was shown when the finger came down.
    let before: number | null = null;
    const touched = (): void => void (before = this.at);
    const tapped = (event: Event): void => {
      const message = messageAt(event.target);
      if ((event as PointerEvent).pointerType !== 'touch' || (event.target as Element).closest('a, button, textarea')) return;
      this.at = message && before !== seqOf(message) ? seqOf(message) : null;
    };
    const gone = (): void => this.come(messageAt(document.activeElement));
    const listeners = { pointerover: at, pointerdown: touched, focusin: at, pointerleave: gone, click: tapped, keydown: this.down };
    for (const [name, listen] of Object.entries(listeners)) box.addEventListener(name, listen as EventListener);
    return () => {
      for (const [name, listen] of Object.entries(listeners)) box.removeEventListener(name, listen as EventListener);
      clearTimeout(this.timer);
      this.box = null;
    };
  };

  private come(message: HTMLElement | null): void {
    this.at = message ? seqOf(message) : null;
  }

  /** The message one is at: by the focus before the pointer. */
  get entry(): Entry | null {
    const message = messageAt(document.activeElement);
    const seq = message && this.box?.contains(message) ? seqOf(message) : this.at;
    return this.find(seq);
  }

  find(seq: number | null): Entry | null {
    return this.entries().find((entry) => entry.seq === seq) ?? null;
  }

  /** The newest entry of which this is so. */
  newest(fits: (entry: Entry) => boolean): Entry | null {
    return this.entries().findLast(fits) ?? null;
  }

  /** Gives the focus to a message, else to the last one in view; false where there is none. */
  enter(seq: number | null = null): boolean {
    const messages = this.messages();
    const bottom = this.box?.getBoundingClientRect().bottom ?? 0;
    const last = messages.findLast((one) => one.getBoundingClientRect().top < bottom - 8) ?? messages.at(-1);
    return this.focus(messages.find((one) => seqOf(one) === seq) ?? last);
  }

  /** Marks a message for a moment. */
  mark(seq: number): void {
    clearTimeout(this.timer);
    this.marked = seq;
    this.timer = setTimeout(() => (this.marked = null), MARKED_MS);
  }

  private messages(): HTMLElement[] {
    return [...(this.box?.querySelectorAll<HTMLElement>(MESSAGE) ?? [])];
  }

  private focus(message: HTMLElement | undefined): boolean {
    message?.focus({ preventScroll: true });
    message?.scrollIntoView({ block: 'nearest' });
    return message !== undefined;
  }

  /** Up and down from message to message, Esc back to where one writes. */
  private readonly down = (event: KeyboardEvent): void => {
    const message = messageAt(event.target);
    if (!message || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if ((event.target as Element).closest('textarea, input')) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === 'Escape') document.querySelector<HTMLElement>('[data-composer]')?.focus();
    else if (step !== undefined) this.focus(this.messages()[this.messages().indexOf(message) + step] ?? message);
    else return;
    event.preventDefault();
  };
}
