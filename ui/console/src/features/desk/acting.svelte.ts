/** Which message of the thread one is at, by pointer, key or finger, and what is done with it from there. */
import type { Entry } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';

const MESSAGE = '[data-message]';

const messageAt = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>(MESSAGE) : null;

export class Acting {
  /** The one whose tools are shown, by its place in the thread. */
  at = $state<number | null>(null);
  private readonly entries: () => readonly Entry[];
  private box: HTMLElement | null = null;

  constructor(entries: () => readonly Entry[]) {
    this.entries = entries;
  }

  /** An attachment for what the thread scrolls in. */
  attach = (box: HTMLElement): (() => void) => {
    this.box = box;
    const at = ({ target, pointerType }: Event & { pointerType?: string }): void => {
      if (pointerType !== 'touch') this.come(messageAt(target));
    };
    const tapped = (event: Event): void => {
      const message = messageAt(event.target);
      if ((event as PointerEvent).pointerType !== 'touch' || (event.target as Element).closest('a, button')) return;
      this.at = message && this.at !== seqOf(message) ? seqOf(message) : null;
    };
    const gone = (): void => this.come(messageAt(document.activeElement));
    const listeners = { pointerover: at, focusin: at, pointerleave: gone, click: tapped, keydown: this.down };
    for (const [name, listen] of Object.entries(listeners)) box.addEventListener(name, listen as EventListener);
    return () => {
      for (const [name, listen] of Object.entries(listeners)) box.removeEventListener(name, listen as EventListener);
      this.box = null;
    };
  };

  private come(message: HTMLElement | null): void {
    this.at = message ? seqOf(message) : null;
  }

  /** The message that has the focus, or the tools of which have it. */
  get focused(): number | null {
    const message = messageAt(document.activeElement);
    return message && this.box?.contains(message) ? seqOf(message) : null;
  }

  get entry(): Entry | null {
    const seq = this.focused ?? this.at;
    return this.entries().find((entry) => entry.seq === seq) ?? null;
  }

  /** Gives the focus to the last message in view, where none has it. */
  enter(): boolean {
    const messages = this.messages();
    const bottom = this.box?.getBoundingClientRect().bottom ?? 0;
    const last = messages.findLast((one) => one.getBoundingClientRect().top < bottom - 8) ?? messages.at(-1);
    return this.focus(last);
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

  /** The words as they were written. */
  async copy(entry: Entry | null = this.entry): Promise<void> {
    if (!entry) return;
    try {
      await navigator.clipboard.writeText(entry.body);
      notices.news(t('message.copied'));
    } catch {
      notices.warning(t('message.notCopied'));
    }
  }
}

const seqOf = (message: HTMLElement): number => Number(message.dataset.seq);
