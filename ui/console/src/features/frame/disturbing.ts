/** Not being disturbed for a while: for how long one can be left alone, and what is done and said. */
import { chosen } from '../../state/choices.svelte.ts';
import { soon, t } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';

const MINUTE = 60_000_000;
const MORNING = 8;

export interface While {
  name: 'half' | 'hour' | 'morning';
  until: number;
}

/** What is offered at a moment; tomorrow begins at eight where this browser is. Microseconds. */
export function whilesFrom(now: number): While[] {
  const day = new Date(now / 1000);
  const morning = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1, MORNING).getTime() * 1000;
  return [
    { name: 'half', until: now + 30 * MINUTE },
    { name: 'hour', until: now + 60 * MINUTE },
    { name: 'morning', until: morning },
  ];
}

/** Null: everything may disturb again. */
export async function disturbNot(until: number | null): Promise<void> {
  const before = chosen.undisturbed;
  try {
    await chosen.disturbNot(until);
    const text = until === null ? t('dnd.didEnd') : t('dnd.did', { when: soon(until) });
    notices.done(text, () => void disturbNot(before));
  } catch (error) {
    notices.failure(error);
  }
}
