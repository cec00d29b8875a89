/** The way to voice messages. All that they need is fetched when one is recorded, or has been left. */
import type { Chat } from './chat.svelte.ts';

export const fetchVoice = (): Promise<typeof import('../voice/voice.ts')> => import('../voice/voice.ts');

/** `whose` they are that are to be forgotten. */
export const voice = (chat: Chat, how: 'record' | 'offer' | 'forget', whose = ''): Promise<void> =>
  // Without a connection it cannot come, which is said above the box.
  fetchVoice().then((it) => it[how](chat, whose)).catch(() => undefined);
