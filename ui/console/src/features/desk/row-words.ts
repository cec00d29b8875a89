/** Of all that could stand below a customer's name in a list: what its operator must not overlook. */
import type { Sending } from '../../state/sender.svelte.ts';
import { nameOf } from '../../state/voice.svelte.ts';
import type { ConversationRow } from '@recado/shared/wire.ts';
import type { Words } from '../../state/words.ts';

export interface RowWords {
  kind: 'unsent' | 'answer' | 'note';
  text: string;
}

/**
 * What was given up on its way comes before everything: only its writer can send it. Words being written come after those of
 * the customer that are still unread; null where the conversation's own newest words stand.
 */
export function rowWords(stuck: Sending | undefined, drafts: Words, unread: number): RowWords | null {
  if (stuck) return { kind: 'unsent', text: stuck.body || (stuck.extra?.files ?? []).map(nameOf).join(', ') };
  if (unread > 0) return null;
  const kind = drafts.answer.trim() === '' ? 'note' : 'answer';
  const text = drafts[kind].trim();
  return text === '' ? null : { kind, text };
}

/** Whose the excerpt is, where it is an answer. Of the old ones nobody noted it: mine in what I attend, unless somebody had it before. */
export function answeredBy(
  row: Pick<ConversationRow, 'excerpt_by' | 'excerpt_author' | 'operator' | 'former'>,
  me: number,
): 'desk.answered' | 'desk.answeredBefore' | null {
  if (row.excerpt_by !== 'operator') return null;
  const author = row.excerpt_author ?? (row.former === null || row.former === me ? row.operator : null);
  return author === me ? 'desk.answered' : 'desk.answeredBefore';
}
