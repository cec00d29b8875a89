/** What the browser keeps of us beside the pages: that it is there, which notifications it shows, and where one of them leads. */
import type { ConsoleEvent, Mark } from '@recado/shared/wire.ts';
import { isAlarming } from './alarms.ts';
import { placeOfConversation, placeOfDirect } from './rings.ts';
import { router } from './router.svelte.ts';

const SCRIPT = '/sw.js';

/** Absent in a browser without it, and on an address without a secure connection. */
const workers = (): ServiceWorkerContainer | undefined => navigator.serviceWorker as ServiceWorkerContainer | undefined;

/** Puts it there, or sees whether there is a newer one. Without it everything works but what comes while no page is open. */
export async function register(): Promise<ServiceWorkerRegistration | null> {
  return (await workers()?.register(SCRIPT).catch(() => null)) ?? null;
}

/** Goes where a notification leads that was pressed while this page was open. */
export function follow(): () => void {
  const told = ({ data }: MessageEvent): void => {
    const { go } = Object(data) as { go?: unknown };
    if (typeof go === 'string') router.go(go);
  };
  workers()?.addEventListener('message', told);
  return () => workers()?.removeEventListener('message', told);
}

/** Takes away the notifications that are shown of these; of all, without any. */
export async function takeAway(tags: readonly string[] | 'all'): Promise<void> {
  const there = await workers()?.getRegistration(SCRIPT).catch(() => undefined);
  for (const one of (await there?.getNotifications().catch(() => [])) ?? []) if (tags === 'all' || tags.includes(one.tag)) one.close();
}

export const tagOfWaiting = (id: number): string => `waiting-${id}`;

/** What is seen, or no longer mine to see, wherever that came about: its notification is in the way. */
export function seenBy(event: ConsoleEvent, me: number): readonly string[] {
  const isMine = ({ reader }: Mark): boolean => reader.kind === 'operator' && reader.id === me;
  switch (event.type) {
    case 'thread.read':
      return isMine(event.mark) ? [placeOfConversation(event.conversation)] : [];
    case 'direct.read':
      return isMine(event.mark) ? [placeOfDirect(event.direct)] : [];
    case 'conversation.taken':
    case 'conversation.left':
      return [tagOfWaiting(event.id), placeOfConversation(event.id)];
    case 'conversation.claimed':
    case 'conversation.closed':
      return [tagOfWaiting(event.conversation.id)];
    case 'conversation.changed':
      return isAlarming(event.conversation) ? [] : [tagOfWaiting(event.conversation.id)];
    case 'direct.left':
      return [placeOfDirect(event.id)];
    default:
      return [];
  }
}
