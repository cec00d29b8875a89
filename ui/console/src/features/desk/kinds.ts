/** What differs in a thread by whom it is with: a customer, or colleagues alone. Everything else is the same. */
import type { ConversationRow, Mode, Person, Rules } from '@recado/shared/wire.ts';
import { modeOf } from '../../state/abilities.ts';
import { seenByVisitor, type ConversationModel } from '../../state/conversation-model.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { seenByAll, type DirectModel } from '../../state/direct-model.ts';
import type { OpenThread } from '../../state/open-thread.svelte.ts';
import type { ThreadModel } from '../../state/thread-window.ts';

export const isTalk = (model: ThreadModel): model is DirectModel => 'direct' in model;
export const isWithCustomer = (model: ThreadModel): model is ConversationModel => 'visitor' in model;

/** The row of the conversation with the customer whom it is with, if it is with one. */
export const customerRow = (model: ThreadModel): ConversationRow | undefined => (isWithCustomer(model) ? model.conversation : undefined);

/** Up to which entry those whom it is for have seen it. */
export const seenIn = (model: ThreadModel, me: number): number => (isTalk(model) ? seenByAll(model, me) : seenByVisitor(model));

/** The mode in which its composer stands: among colleagues there is one. */
export function modeIn(desk: Desk, { model, mode }: OpenThread): Mode {
  return model && isWithCustomer(model) ? modeOf(desk.abilities(model), mode) : 'note';
}

/** Who can be named in it besides me. */
export function mentionable(desk: Desk, model: ThreadModel): Person[] {
  const ids = isTalk(model) ? model.direct.people : isWithCustomer(model) ? model.circle.mentionable : [];
  return ids.flatMap((id) => desk.person(id) ?? []).filter((one) => one.id !== desk.me && !one.disabled);
}

/** What can be done for how long with what was sent: an installation's departments say it for customers, for colleagues it is set. */
const AMONG_COLLEAGUES = { edit_minutes: 15, undo_s: 10 };

export function rulesIn(desk: Desk, model: ThreadModel | null): Pick<Rules, 'edit_minutes' | 'undo_s'> | undefined {
  if (model === null || isTalk(model)) return model === null ? undefined : AMONG_COLLEAGUES;
  return isWithCustomer(model) ? desk.model?.rules.get(model.conversation.department.id) : undefined;
}
