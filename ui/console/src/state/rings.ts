/** Of what an event is to tell somebody, and about what. Pure. */
import type { Alerts, Choices, ConsoleEvent, ConversationRow, DirectRow, Entry, NoticeKind } from '@recado/shared/wire.ts';
import { isAlarming } from './alarms.ts';
import { gift } from './desk-model.ts';

/** What is told, and of which conversation: one `among` colleagues or not. `place` names it as the tag of its notification does. */
export interface News {
  kind: NoticeKind;
  place: string;
  id: number;
  among: boolean;
  version: number;
}

export const placeOfConversation = (id: number): string => `conversation-${id}`;
export const placeOfDirect = (id: number): string => `direct-${id}`;

/** What an event tells me; null where that is nothing: what I did myself, and what only changes what I know, among them. */
export function newsOf(event: ConsoleEvent, me: number): News | null {
  switch (event.type) {
    case 'conversation.opened':
    case 'conversation.queued':
      return waits(event.conversation, event.entries, me);
    case 'conversation.changed':
      return isAlarming(event.conversation) ? about(event.conversation, 'waiting') : null;
    case 'conversation.claimed':
      return gift(event, me) && about(event.conversation, 'mine');
    case 'message.posted':
    case 'conversation.resumed':
      return written(event.conversation, event.entries, me);
    case 'direct.posted':
      return said(event.direct, event.entries, me);
    default:
      return null;
  }
}

/** Whether somebody who has chosen so wants to hear of it; `alerts`: what they have chosen for that conversation. */
export function wants(choices: Choices, alerts: Alerts, kind: NoticeKind): boolean {
  if (alerts === 'none' || (alerts === 'mentions' && kind !== 'mention')) return false;
  if (kind === 'waiting') return choices.customers === 'all';
  if (kind === 'mine') return choices.customers !== 'none';
  return kind === 'mention' ? choices.internal !== 'none' : choices.internal === 'all';
}

const about = ({ id, version }: ConversationRow, kind: NoticeKind): News => ({ kind, id, among: false, place: placeOfConversation(id), version });
const isBy = ({ author }: Entry, me: number): boolean => author.kind === 'operator' && author.id === me;
const names = (entry: Entry, me: number): boolean => entry.gone === null && entry.mentions.includes(me) && !isBy(entry, me);

function waits(row: ConversationRow, entries: readonly Entry[], me: number): News | null {
  return row.status !== 'waiting' || entries.some((entry) => isBy(entry, me)) ? null : about(row, 'waiting');
}

/** That a customer adds to what waits already is for nobody yet. */
function written(row: ConversationRow, entries: readonly Entry[], me: number): News | null {
  if (entries.some((entry) => names(entry, me))) return about(row, 'mention');
  return row.operator === me && entries.some(({ author }) => author.kind === 'visitor') ? about(row, 'mine') : null;
}

function said({ id, version }: DirectRow, entries: readonly Entry[], me: number): News | null {
  const theirs = entries.filter((entry) => entry.kind === 'note' && entry.gone === null && !isBy(entry, me));
  if (theirs.length === 0) return null;
  const kind = theirs.some((entry) => names(entry, me)) ? 'mention' : 'internal';
  return { kind, id, among: true, place: placeOfDirect(id), version };
}
