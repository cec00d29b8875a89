/** What automatic assignment would hand out at once, in a sentence for whoever is about to switch it on. */
import type { Backlog, OperatorItem } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';
import { together } from '../desk/names.ts';

/** So many are called by their names. */
const NAMED = 4;

export function backlogWords(known: Backlog | null, operators: readonly OperatorItem[] | null): string {
  if (known === null) return t('rule.assignmentNow');
  const { waiting, given } = known;
  if (waiting === 0) return t('rule.backlogNone');
  if (given === 0) return t('rule.backlogNobody', { count: waiting });
  const names = namesOf(known.to, operators);
  return given === waiting
    ? t('rule.backlogAll', { count: given, names })
    : t('rule.backlogSome', { count: given, waiting, names });
}

function namesOf(to: readonly number[], operators: readonly OperatorItem[] | null): string {
  const found = to.flatMap((id) => operators?.find((one) => one.id === id)?.name ?? []);
  if (found.length === to.length && to.length <= NAMED) return together(found);
  return t('rule.backlogPeople', { count: to.length });
}
