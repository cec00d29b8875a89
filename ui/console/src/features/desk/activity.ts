/** What happened to a conversation, in the reader's words. */
import type { Activity, Author } from '@recado/shared/wire.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { clock, moment, t, type Key } from '../../state/language.svelte.ts';
import { called } from './names.ts';

/** One line: what happened, by whom, when. */
export function activityWords(desk: Desk, author: Author, activity: Activity, at: number): string {
  return t(keyOf(activity), {
    name: actor(desk, author),
    who: called(desk, activity.to ?? activity.operator),
    department: desk.model?.departments.get(activity.department ?? 0) ?? '',
    reason: desk.model?.reasons.get(activity.reason ?? 0)?.name ?? '',
    until: activity.until === null ? '' : moment(activity.until),
    time: clock(at),
  });
}

function keyOf({ kind, to, until, reason, cause }: Activity): Key {
  switch (kind) {
    case 'transferred':
      return to === null ? 'activity.transferred.department' : 'activity.transferred.operator';
    case 'paused':
      return until === null ? 'activity.paused' : 'activity.paused.until';
    case 'closed':
      return reason === null ? 'activity.closed' : 'activity.closed.reason';
    case 'returned':
      return `activity.returned.${cause ?? 'absent'}`;
    default:
      return `activity.${kind}`;
  }
}

function actor(desk: Desk, { kind, id }: Author): string {
  if (kind === 'visitor') return t('activity.customer');
  return kind === 'system' ? t('activity.desk') : called(desk, id);
}
