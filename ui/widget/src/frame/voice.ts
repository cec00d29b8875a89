/** The way to voice messages. All that they need is fetched when one is recorded, or has been left. */
import type { Chat } from './chat.svelte.ts';

export const fetchVoice = (): Promise<typeof import('../voice/voice.ts')> => import('../voice/voice.ts');

/** Where it came late nothing is recorded before it is asked for again: nobody expects a microphone to open by itself. */
export const record = (chat: Chat): void => chat.later.fetch('voice', fetchVoice, (it) => it.record(chat), () => undefined);

/** Shows what was left; `whose` they are is forgotten. */
export const voice = (chat: Chat, how: 'offer' | 'forget', whose = ''): Promise<void> =>
  fetchVoice().then((it) => it[how](chat, whose)).catch(() => undefined);

/** Whoever writes while nobody is there is told what they can expect. */
export const tellAway = (chat: Chat, email?: string | null): Promise<void> =>
  import('../away/away.ts').then((it) => it.show(chat, email)).catch(() => undefined);
