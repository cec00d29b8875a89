/** What happened to a conversation, in the reader's words. */
import type { Activity, Author } from '@recado/shared/wire.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { clock, soonAfter, t, type Key } from '../../state/language.svelte.ts';
import { called, whom } from './names.ts';

/** One line: what happened, by whom, when. */
export function activityWords(desk: Desk, author: Author, activity: Activity, at: number): string {
  return t(ofMine(desk, author, activity) ?? keyOf(activity), {
    name: actor(desk, author),
    who: called(desk, activity.operator),
    whom: whom(desk, activity.to ?? activity.operator),
    department: desk.model?.departments.get(activity.department ?? 0) ?? '',
    reason: desk.model?.reasons.get(activity.reason ?? 0)?.name ?? '',
    until: activity.until === null ? '' : soonAfter(activity.until, at),
    time: clock(at),
  });
}

/** What I did or what became of what is mine, where "you" asks for another verb. */
function ofMine(desk: Desk, author: Author, { kind, operator, cause }: Activity): Key | null {
  if (kind === 'returned') return operator === desk.me && cause === 'absent' ? 'activity.mine.absent' : null;
  if (kind === 'looked_away') return operator === desk.me ? 'activity.mine.looked_away' : null;
  const mine = author.kind === 'operator' && author.id === desk.me;
  return mine && (kind === 'claimed' || kind === 'looked_in') ? `activity.mine.${kind}` : null;
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
