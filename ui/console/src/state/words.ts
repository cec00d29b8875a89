/** Words of mine that were not sent, for the customer and for colleagues apart. */
import type { Mode } from '@recado/shared/wire.ts';

export type Words = Readonly<Record<Mode, string>>;

export const MODES: readonly Mode[] = ['answer', 'note'];
export const NO_WORDS: Words = { answer: '', note: '' };

/** Texts one after the other, the empty ones left out. */
export function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text.trim() !== '').join('\n\n');
}

/** Whether a text stands among others as `joined` puts it there, or by itself. */
export const standsIn = (text: string, others: string): boolean => `\n\n${others}\n\n`.includes(`\n\n${text}\n\n`);

export const hasWords = ({ answer, note }: Words): boolean => joined(answer, note) !== '';
