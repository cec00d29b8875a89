/** What people are called on the desk. */
import { firstName } from '@recado/shared/people.ts';
import type { Author, Block, Colleague, ConversationRow, DirectRow } from '@recado/shared/wire.ts';
import { find } from '../../state/desk-model.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { language, t } from '../../state/language.svelte.ts';
import { isDirect } from '../../state/owners.ts';
import type { ThreadModel } from '../../state/thread-window.ts';
import { isWithCustomer } from './kinds.ts';

/** The customer's name; who has none is called by the conversation: "Visitor #1042" is whom #1042 is with, and no other number is theirs. */
export function customerName({ id, customer }: Pick<ConversationRow, 'id'> & { customer: { name: string | null } }): string {
  return customer.name ?? t('desk.visitor', { id: String(id) });
}

/** Who is blocked, by the latest conversation that is known of. */
export function blockedName({ name, conversation }: Block): string {
  if (name === null && conversation === null) return t('blocked.somebody');
  return customerName({ id: conversation ?? 0, customer: { name } });
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

/** The same of whatever thread it is. */
export function authorIn(desk: Desk, author: Author, model: ThreadModel): string {
  return isWithCustomer(model) ? authorName(desk, author, model.conversation) : operatorName(desk, author.id);
}

/** A direct conversation by its name, else by who takes part besides me. */
export function talkName(desk: Desk, { name, people }: Pick<DirectRow, 'name' | 'people'>): string {
  const others = people.filter((id) => id !== desk.me);
  if (name !== null) return name;
  if (others.length === 0) return t('talk.alone');
  return others.length === 1 ? operatorName(desk, others[0]!) : together(others.map((id) => firstName(operatorName(desk, id))));
}

/** What a thread is called, of either kind, wherever one is: by its number where its row is not known here. */
export function threadName(desk: Desk, owner: number): string {
  if (!isDirect(owner)) return customerName((desk.model && find(desk.model, owner)) ?? { id: owner, customer: { name: null } });
  const talk = desk.talks.lists.item(-owner)?.direct;
  return talk ? talkName(desk, talk) : t('talk.someone');
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
