/** What automatic assignment would hand out at once, in a sentence for whoever is about to switch it on. */
import type { Backlog, OperatorItem } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';
import { together } from '../desk/names.ts';

/** So many are called by their names. */
const NAMED = 4;

/** `me`: who reads it. */
export function backlogWords(known: Backlog | null, operators: readonly OperatorItem[] | null, me: number): string {
  if (known === null) return t('rule.assignmentNow');
  const { waiting, to } = known;
  const count = givenOf(known);
  if (waiting === 0) return t('rule.backlogNone');
  if (count === 0) return t('rule.backlogNobody', { count: waiting });
  const nameOf = (id: number) =>
    id === me ? t('activity.toYou') : (operators?.find((one) => one.id === id)?.name ?? t('desk.colleague'));
  const shares =
    to.length > NAMED
      ? t('rule.backlogPeople', { count: to.length })
      : together(to.map((one) => t('rule.backlogShare', { number: one.count, name: nameOf(one.operator) })));
  const words = { count, waiting, shares, name: nameOf(to[0]!.operator) };
  return t(count === waiting ? 'rule.backlogAll' : 'rule.backlogSome', words);
}

/** How many would go at once. */
export const givenOf = ({ to }: Backlog): number => to.reduce((sum, { count }) => sum + count, 0);
