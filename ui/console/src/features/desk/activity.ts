/** What happened to a conversation, in the reader's words. */
import type { Activity, Author } from '@recado/shared/wire.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { clock, soonAfter, t, type Key } from '../../state/language.svelte.ts';
import type { About } from '../../state/thread-view.ts';
import { called, together, whom } from './names.ts';

/** One line: what happened, by whom, when. */
export function activityWords(desk: Desk, author: Author, activity: Activity, at: number, about: About = { mentions: [], body: '' }): string {
  return t(ofMine(desk, author, activity, about) ?? keyOf(activity, about), {
    people: together(about.mentions.map((id) => whom(desk, id))),
    title: about.body,
    name: actor(desk, author),
    who: called(desk, activity.operator),
    whom: whom(desk, activity.to ?? activity.operator),
    department: desk.model?.departments.get(activity.department ?? 0) ?? '',
    reason: desk.model?.reasons.get(activity.reason ?? 0)?.name ?? '',
    until: activity.until === null ? '' : soonAfter(activity.until, at),
    time: clock(at),
  });
}

/** Where "you" asks for another verb. */
const MINE: ReadonlySet<Activity['kind']> = new Set(['started', 'claimed', 'looked_in', 'added', 'shown_all', 'left', 'renamed']);

/** What I did or what became of what is mine, where "you" asks for another verb. */
function ofMine(desk: Desk, author: Author, { kind, operator, cause }: Activity, { body, mentions }: About): Key | null {
  if ((kind === 'added' || kind === 'shown_all') && mentions.includes(desk.me)) return `activity.${kind}.me`;
  if (kind === 'returned') return operator === desk.me && cause === 'absent' ? 'activity.mine.absent' : null;
  if (kind === 'looked_away') return operator === desk.me ? 'activity.mine.looked_away' : null;
  const mine = author.kind === 'operator' && author.id === desk.me;
  if (mine && kind === 'renamed' && body === '') return 'activity.mine.renamed.none';
  return mine && MINE.has(kind) ? (`activity.mine.${kind}` as Key) : null;
}

function keyOf({ kind, to, until, reason, cause }: Activity, { body }: About): Key {
  switch (kind) {
    case 'transferred':
      return to === null ? 'activity.transferred.department' : 'activity.transferred.operator';
    case 'paused':
      return until === null ? 'activity.paused' : 'activity.paused.until';
    case 'closed':
      return reason === null ? 'activity.closed' : 'activity.closed.reason';
    case 'returned':
      return `activity.returned.${cause ?? 'absent'}`;
    case 'renamed':
      return body === '' ? 'activity.renamed.none' : 'activity.renamed';
    default:
      return `activity.${kind}`;
  }
}

function actor(desk: Desk, { kind, id }: Author): string {
  if (kind === 'visitor') return t('activity.customer');
  return kind === 'system' ? t('activity.desk') : called(desk, id);
}
