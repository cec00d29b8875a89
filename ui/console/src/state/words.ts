/** Words of mine that were not sent, for the customer and for colleagues apart. */
import type { Mode } from '@recado/shared/wire.ts';

export type Words = Readonly<Record<Mode, string>>;

export const MODES: readonly Mode[] = ['answer', 'note'];
export const NO_WORDS: Words = { answer: '', note: '' };

/** Texts one after the other, the empty ones left out. */
export function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text.trim() !== '').join('\n\n');
}

export function together(a: Words, b: Words): Words {
  return { answer: joined(a.answer, b.answer), note: joined(a.note, b.note) };
}
