/** What would be lost with a dialog: it asks before it closes, unless by the buttons that say so. */
import { getContext, setContext } from 'svelte';

export interface LossWords {
  lost: string;
  stay: string;
  discard: string;
}

/** For all dialogs below: what they say, in the language of the moment. Where nobody sets it, dialogs close unasked. */
export const setLossWords = (words: () => LossWords) => setContext(setLossWords, words);

type Box = HTMLInputElement | HTMLTextAreaElement;
const WRITTEN = 'textarea, input:is([type=text], [type=email], [type=url], [type=tel], [type=number], :not([type]))';

export class Loss {
  asking = $state(false);
  readonly words = getContext<(() => LossWords) | undefined>(setLossWords);
  private readonly known: () => { changed: boolean; keeps: boolean };
  /** What stood in each field before somebody came to it. */
  private readonly before = new Map<Box, string>();
  private back: HTMLElement | null = null;

  /** `changed`: beside what is typed; `keeps`: nothing goes with the dialog. */
  constructor(known: Loss['known']) {
    this.known = known;
  }

  /** The focus comes to something in the dialog. */
  readonly note = (event: FocusEvent): void => {
    const box = event.target as Box;
    if (!box.matches(WRITTEN)) return;
    this.back = box;
    if (!this.before.has(box)) this.before.set(box, box.value);
  };

  get threatens(): boolean {
    const { changed, keeps } = this.known();
    return this.words !== undefined && !keeps && (changed || [...this.before].some(([box, was]) => box.isConnected && box.value !== was));
  }

  /** Something would close it: it stays where that would lose what is in it. Once more takes the question back. */
  readonly ask = (event: Event): void => {
    if (this.asking) this.stay();
    else if (this.threatens) {
      this.back ??= document.activeElement as HTMLElement | null;
      this.asking = true;
    } else return;
    event.preventDefault();
  };

  readonly stay = (): void => {
    this.asking = false;
    this.back?.focus();
  };
}
