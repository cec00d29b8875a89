/** Voice messages in the console: whose recordings lie in this browser, where, and how they are spoken of. */
import { plain } from '@recado/shared/marks.ts';
import type { Pending } from '@recado/shared/thread.ts';
import { openKeep, watchKeep, type Kept } from '@recado/shared/voice/keep.ts';
import { settled } from '@recado/shared/voice/strip.ts';
import { lengthOf } from '@recado/shared/voice/words.ts';
import type { Attachment, Mode } from '@recado/shared/wire.ts';
import { t } from './language.svelte.ts';

/** How the server writes a voice message without words in lists and quotes: it does not know who reads them. */
const WRITTEN = /^🎤 (\d+(?::\d\d){1,2})$/u;

/** All recordings of an operator lie at places that begin so. */
const placesOf = (me: number): string => `console:${me}:`;
/** Those of a conversation. */
export const placeIn = (me: number, conversation: number): string => `${placesOf(me)}${conversation}:`;
export const placeOf = (me: number, conversation: number, mode: Mode): string => placeIn(me, conversation) + mode;

class Voice {
  /** Goes up when a recording that could not be sent is there again, to be offered. */
  back = $state(0);
  /** What was recorded by me and is not on its way. */
  private kept = $state.raw<readonly Kept[]>([]);

  /** Keeps up with what lies in this browser; gives the way to stop that. */
  watch(me: number): () => void {
    const look = async (): Promise<void> => {
      const all = await (await openKeep()).list(placesOf(me)).catch(() => []);
      this.kept = all.filter(({ handed }) => !handed);
    };
    void look();
    const unwatch = watchKeep(() => void look());
    return () => {
      unwatch();
      this.kept = [];
    };
  }

  /** As a draft of a conversation is spoken of in lists; empty where nothing was recorded. */
  lineOf(conversation: number, mode: Mode): string {
    const found = this.kept.find(({ place }) => place.endsWith(`:${conversation}:${mode}`));
    return found ? t('voice.excerpt', { time: lengthOf(found.ms) }) : '';
  }

  /** The conversations in which there is something. */
  get conversations(): readonly number[] {
    return [...new Set(this.kept.map(({ place }) => Number(place.split(':')[2])))];
  }
}
export const voice = new Voice();

/** A message whose file is still a recording: it has the message's own id. */
export const isVoice = ({ id, extra }: Pending<{ files?: readonly Attachment[] } | null>): boolean => extra?.files?.[0]?.id === id;

/** A line of a list, as its reader has it. */
export function excerptOf(text: string): string {
  const time = WRITTEN.exec(text)?.[1];
  return time === undefined ? plain(text) : t('voice.excerpt', { time });
}

/** What a file is called where its name says nothing. */
export function nameOf({ name, type, sound }: Attachment): string {
  return sound === null || type === 'audio/mpeg' ? name : t('voice.excerpt', { time: lengthOf(sound.ms) });
}

/** Of those that the server does not have yet. */
export async function recordingsOf(me: number): Promise<string[]> {
  const all = await (await openKeep()).list(placesOf(me)).catch(() => []);
  return all.map(({ ms }) => t('voice.excerpt', { time: lengthOf(ms) }));
}

/** Also of one that ended just now, with its page. */
export async function forgetRecordings(me: number): Promise<void> {
  await settled();
  await (await openKeep()).clear(placesOf(me));
}
