/** The keys of the composer. */
import { composing } from '@recado/shared/composing.ts';

/** Longest answer the server takes, in bytes of UTF-8. */
const LONGEST = 64 * 1024;
/** From here on the room that is left is worth a number. */
const CLOSE_TO_IT = 2_000;
const encoder = new TextEncoder();

/** How many more letters fit (accents and emoji count more), or, negative, how many characters must go; null while there is plenty. */
export function roomLeft(text: string): number | null {
  // No text has more than three bytes for each UTF-16 unit, so most need no counting.
  if (text.length * 3 < LONGEST - CLOSE_TO_IT) return null;
  const left = LONGEST - encoder.encode(text).length;
  if (left < 0) return -excess(text, -left);
  return left < CLOSE_TO_IT ? left : null;
}

/** How many characters at the end make up at least so many bytes. */
function excess(text: string, bytes: number): number {
  let characters = 0;
  for (let at = text.length; at > 0 && bytes > 0; characters += 1) {
    const pair = at > 1 && /[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(text.slice(at - 2, at));
    at -= pair ? 2 : 1;
    bytes -= encoder.encode(text.slice(at, at + (pair ? 2 : 1))).length;
  }
  return characters;
}

/** Enter sends; Shift+Enter, and Enter while an input method composes a word, do not. */
export class ComposerKeys {
  private readonly send: () => void;

  constructor(send: () => void) {
    this.send = send;
  }

  down = (event: KeyboardEvent): void => {
    if (composing(event)) return;
    if (event.key === 'Escape') (event.currentTarget as HTMLElement).blur();
    if (event.key !== 'Enter' || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.send();
  };
}
