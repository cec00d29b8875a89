/** Being available, busy or away: changed for all of one's pages, and what comes of it is told. */
import type { Availability } from '@recado/shared/wire.ts';
import { lasting, t } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import { scene } from '../commands/scene.svelte.ts';

export async function beAvailable(availability: Availability): Promise<void> {
  try {
    await session.change({ availability });
    notices.done(availability === 'away' ? wordsOfLeave() : t(`availability.did.${availability}`));
  } catch (error) {
    notices.failure(error);
  }
}

/**
 * What becomes of what one attends: it stays, until one has been gone for longer than a department allows. The desk knows how
 * long that is; where it is not open, nothing is said of it.
 */
function wordsOfLeave(): string {
  const rules = scene.desk?.model?.rules;
  if (!rules) return t('availability.did.away');
  const limits = [...rules.values()].flatMap(({ absence_minutes }) => absence_minutes ?? []);
  return limits.length === 0
    ? t('availability.did.awayKept')
    : t('availability.did.awayUntil', { time: lasting(Math.min(...limits)) });
}
