/** What is heard in the thread: fetched with the visitor's token when it is first played, and then played from memory. */
import { learn } from '@recado/shared/voice/words.ts';
import { Player } from '@recado/shared/voice/player.ts';
import { localSound } from '@recado/shared/voice/sending.ts';
import type { Attachment } from '@recado/shared/wire.ts';
import { locale } from '../frame/words.ts';

/** Puts a player into the room that was left for it; `addressOf` gives the address in memory of what lies below `files/`. */
export async function play(
  into: HTMLElement,
  file: Attachment,
  save: HTMLAnchorElement,
  addressOf: (path: string) => Promise<string>,
): Promise<void> {
  await learn(locale());
  const source = async (): Promise<string> =>
    // Of what was sent before sounds were made to be played everywhere there is only the file itself.
    (await localSound(file.id)) ?? addressOf(`${file.id}/sound`).catch(() => addressOf(file.id));
  const named = file.sound === null || file.type === 'audio/mpeg';
  const there = file.size > 0;
  const player = new Player({
    source,
    sound: file.sound,
    name: named ? file.name : undefined,
    ...(there ? { save } : { sending: file.id }),
  });
  into.replaceChildren(player.element);
}
