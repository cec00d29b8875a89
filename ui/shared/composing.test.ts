// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { composing } from './composing.ts';

/** Whether Enter goes to the input method, so long after it has told the end of a word; null where it has told none. */
function enter(afterMs: number | null, init: KeyboardEventInit = {}): boolean {
  const key = new KeyboardEvent('keydown', { key: 'Enter', ...init });
  if (afterMs === null) return composing(key);
  const end = new CompositionEvent('compositionend', { bubbles: true });
  Object.defineProperty(end, 'timeStamp', { value: key.timeStamp - afterMs });
  document.body.dispatchEvent(end);
  return composing(key);
}

test('Enter that ends the word of an input method is that word’s, whichever way the browser tells it', () => {
  expect(enter(null)).toBe(false);
  expect(enter(null, { isComposing: true })).toBe(true);
  expect(enter(null, { keyCode: 229 })).toBe(true);
  expect(enter(5)).toBe(true);
  expect(enter(300)).toBe(false);
});
