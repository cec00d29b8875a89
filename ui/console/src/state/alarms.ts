/** What waits for so long that it makes itself heard, until somebody takes it or says that they have heard it. Pure. */
import type { ConsoleEvent, ConversationRow } from '@recado/shared/wire.ts';

export const isAlarming = (row: ConversationRow): boolean =>
  row.status === 'waiting' && row.alert_step > 0 && row.acknowledged_by === null;

/** The numbers of those that do, after an event. The same set where it changes nothing. */
export function alarmsAfter(alarms: ReadonlySet<number>, event: ConsoleEvent): ReadonlySet<number> {
  const row = 'conversation' in event && typeof event.conversation === 'object' ? event.conversation : null;
  const gone = event.type === 'conversation.taken' || event.type === 'conversation.left' ? event.id : null;
  const id = row?.id ?? gone;
  const rings = row !== null && isAlarming(row);
  if (id === null || alarms.has(id) === rings) return alarms;
  return new Set(rings ? [...alarms, id] : [...alarms].filter((one) => one !== id));
}
