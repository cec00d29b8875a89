/** Whether the customer's page is open. Without a connection of our own that is not known, and is not claimed. */
import type { ConversationModel } from '../../state/conversation-model.ts';
import type { Desk } from '../../state/desk.svelte.ts';

export type Presence = 'online' | 'offline' | 'unknown';

export function presence(desk: Desk, model: ConversationModel): Presence {
  const { state } = desk.connection;
  if (state !== 'live' && state !== 'polling') return 'unknown';
  return desk.signs.online.has(model.conversation.id) || model.visitor.online ? 'online' : 'offline';
}
