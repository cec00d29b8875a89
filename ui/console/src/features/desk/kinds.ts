/** What differs in a thread by whom it is with: a customer, or colleagues alone. Everything else is the same. */
import { firstName } from '@recado/shared/people.ts';
import type { ConversationRow, Mode, Person, Rules } from '@recado/shared/wire.ts';
import { modeOf } from '../../state/abilities.ts';
import { seenByVisitor, type ConversationModel } from '../../state/conversation-model.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { seenByAll, type DirectModel } from '../../state/direct-model.ts';
import type { OpenThread } from '../../state/open-thread.svelte.ts';
import { seenByOthers, type ThreadModel } from '../../state/thread-window.ts';

export { isDirect } from '../../state/owners.ts';

export const isTalk = (model: ThreadModel): model is DirectModel => 'direct' in model;
export const isWithCustomer = (model: ThreadModel): model is ConversationModel => 'visitor' in model;

/** The row of the conversation with the customer whom it is with, if it is with one. */
export const customerRow = (model: ThreadModel): ConversationRow | undefined => (isWithCustomer(model) ? model.conversation : undefined);

/** Which entries those have seen whom they are for. */
export function seenIn(model: ThreadModel, me: number): (seq: number) => boolean {
  if (isTalk(model)) return seenByAll(model, me);
  const upTo = seenByVisitor(model);
  return (seq) => seq <= upTo;
}

/** The mode in which its composer stands: among colleagues there is one. */
export function modeIn(desk: Desk, { model, mode }: OpenThread): Mode {
  return model && isWithCustomer(model) ? modeOf(desk.abilities(model), mode) : 'note';
}

/** Who can be named in it besides me. */
export function mentionable(desk: Desk, model: ThreadModel): Person[] {
  const ids = isTalk(model) ? model.direct.people : isWithCustomer(model) ? model.circle.mentionable : [];
  return ids.flatMap((id) => desk.person(id) ?? []).filter((one) => one.id !== desk.me && !one.disabled);
}

/** The same by its number, where it is open. */
export function peopleIn(desk: Desk, owner: number): Person[] {
  const model = desk.pane(owner)?.model;
  return model ? mentionable(desk, model) : [];
}

/** What can be done for how long with what was sent: an installation's departments say it for customers, for colleagues it is set. */
const AMONG_COLLEAGUES = { edit_minutes: 15, undo_s: 10 };

export function rulesIn(desk: Desk, model: ThreadModel | null): Pick<Rules, 'edit_minutes' | 'undo_s'> | undefined {
  if (model === null || isTalk(model)) return model === null ? undefined : AMONG_COLLEAGUES;
  return isWithCustomer(model) ? desk.model?.rules.get(model.conversation.department.id) : undefined;
}

/** Of an entry of mine among several colleagues, who has seen it, by first names; nobody where there is one other, or a customer. */
export function seenBy(desk: Desk, owner: number, seq: number): string[] {
  const model = desk.pane(owner)?.model;
  if (!model || !isTalk(model) || model.direct.people.length < 3) return [];
  const entry = { seq, author: { kind: 'operator', id: desk.me } as const };
  return seenByOthers(model, entry).flatMap((id) => firstName(desk.person(id)?.name ?? ''));
}
