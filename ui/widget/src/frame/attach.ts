/** The way to files that go along with a message. All that they need is fetched when the first one is. */
import type { Pending } from '@recado/shared/thread.ts';
import type { Chat } from './chat.svelte.ts';
import type { Extra } from './sending.ts';

/** `how` names the event that brings the files; `back` is a message that could not be sent with its own. */
export function attach(chat: Chat, how: string, files: Iterable<File> = [], back?: Pending<Extra>): void {
  // What a drop or a paste holds is gone once its event is over.
  const chosen = [...files];
  // Without a connection it cannot come, which is said above the box.
  import('../attach/attach.ts').then((it) => it.take(chat, how, chosen, back)).catch(() => undefined);
}
