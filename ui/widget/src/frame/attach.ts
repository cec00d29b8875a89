/** The way to files that go along with a message. All that they need is fetched when the first one is. */
import type { Pending } from '@recado/shared/thread.ts';
import type { Chat } from './chat.svelte.ts';
import type { Extra } from './sending.ts';
import { fetchVoice } from './voice.ts';

/** What a drop or a paste has brought while it could not be fetched: gone from the event once that is over. */
let chosen: File[] = [];

/** With its words; a drag that goes on needs no answer. */
const fetchAttach = (): Promise<typeof import('../attach/attach.ts')> => import('../attach/attach.ts').then((it) => it.learn().then(() => it));

/** `how` names the event that brings the files; `back` is a message that could not be sent with its own. */
export function attach(chat: Chat, how: string, files: Iterable<File> = [], back?: Pending<Extra>): void {
  if (how === 'dragover') return void fetchAttach().then((it) => it.take(chat, how, []), () => undefined);
  // A recording goes back to where it is recorded.
  if (back && back.extra.files?.[0]?.id === back.id)
    return chat.later.fetch('attach', fetchVoice, (it) => it.takeBack(chat, back.id).then(() => chat.discard(back.id)));
  chosen.push(...files);
  chat.later.fetch('attach', fetchAttach, (it) => it.take(chat, how, chosen.splice(0), back));
}
