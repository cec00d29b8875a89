/** Keys that belong to an input method. */

/** When a word was last finished: Safari tells that before the key that did it. */
let endedAt = -Infinity;
addEventListener('compositionend', ({ timeStamp }) => (endedAt = timeStamp), true);

/** Whether a key goes to an input method, which is writing a word, or ends one by it. */
export function composing({ isComposing, keyCode, timeStamp }: KeyboardEvent): boolean {
  return isComposing || keyCode === 229 || timeStamp - endedAt < 20;
}
