/** A text as it goes: what a customer reads has what stands in its places in this conversation; colleagues read what was written. */
import type { ConversationRow, Mode } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';
import { filled, wordsOf } from '../../state/replies.ts';
import { session } from '../../state/session.svelte.ts';
import { roomLeft } from './composer.ts';
import { sayMissing } from './replying.svelte.ts';

export interface Outgoing {
  readonly words: string;
  /** What was written, where that is something else: the server takes it out of the draft. */
  readonly draft: string | undefined;
  /** How much more fits, as `roomLeft` says it. */
  readonly room: number | null;
  /** What is wrong with the words themselves; null where they can go. */
  readonly fault: string | null;
}

export function outgoing(text: string, mode: Mode, row: ConversationRow | undefined): Outgoing {
  const pieces = mode === 'answer' && row && session.me ? filled(text, row, session.me) : [{ text }];
  const words = wordsOf(pieces);
  const room = roomLeft(words);
  const tooLong = room !== null && room < 0 ? t('composer.tooLong', { count: -room }) : null;
  return { words, draft: words === text ? undefined : text, room, fault: tooLong ?? sayMissing(pieces) };
}
