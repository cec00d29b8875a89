/** What people are called on the desk. */
import { firstName } from '@recado/shared/people.ts';
import type { Author, Colleague, ConversationRow } from '@recado/shared/wire.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { language, t } from '../../state/language.svelte.ts';

/** The customer's name, or "Visitor #1042" by the conversation's number. */
export function customerName(row: ConversationRow): string {
  return row.customer.name ?? t('desk.visitor', { id: String(row.customer.visitor) });
}

/** A colleague's name; somebody who is unknown here is "a colleague". */
export function operatorName(desk: Desk, id: number | null): string {
  return desk.person(id)?.name ?? t('desk.colleague');
}

/** A colleague in a few letters: "Ana", or "you". */
export function called(desk: Desk, operator: number | null): string {
  return operator === desk.me ? t('activity.you') : firstName(operatorName(desk, operator));
}

/** The same after a preposition, where "you" may be another word. */
export function whom(desk: Desk, operator: number | null): string {
  return operator === desk.me ? t('activity.toYou') : called(desk, operator);
}

export function authorName(desk: Desk, author: Author, row: ConversationRow): string {
  return author.kind === 'operator' ? operatorName(desk, author.id) : customerName(row);
}

/** "Ana, Bruno and Clara". */
export function together(names: readonly string[]): string {
  return new Intl.ListFormat(language.locale).format(names);
}

/** How much a colleague attends: "2 of 5", or "2 open" where they have no limit. */
export function loadOf({ attending, limit }: Colleague): string {
  return limit === null ? t('load.free', { count: attending }) : t('load.of', { has: attending, limit });
}

/** Whether they attend as much as they may. */
export function isFull({ attending, limit }: Colleague): boolean {
  return limit !== null && attending >= limit;
}
