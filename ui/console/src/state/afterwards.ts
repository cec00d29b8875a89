/** What is done with a message or note once it is sent: each is one request, which may be made twice; and who may do it when. */
import type { Entry, EntryVersion, Rules } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { seenByVisitor } from './conversation-model.ts';
import { pathOf } from './owners.ts';
import type { Sent } from './sender.svelte.ts';
import { isMine } from './thread-view.ts';
import { seenByOthers, type ThreadModel } from './thread-window.ts';

/** How long what was sent can be changed, and taken back. */
export type Times = Pick<Rules, 'edit_minutes' | 'undo_s'>;

const path = (id: number, verb = ''): string => `${pathOf(id)}/messages${verb}`;

/** `edits`: how often it had been changed when its author began; refused as `outdated` where it is more by now. */
export const edit = (id: number, entry: Entry, body: string, mentions: readonly number[]): Promise<Sent> =>
  call('PATCH', path(id), { seq: entry.seq, body, edits: entry.edits, mentions });
export const remove = (id: number, seq: number): Promise<Sent> => call('POST', path(id, '/delete'), { seq });
/** Refused as `seen` where somebody on the other side has read as far. */
export const undo = (id: number, seq: number): Promise<Sent> => call('POST', path(id, '/undo'), { seq });
export const versions = (id: number, seq: number): Promise<EntryVersion[]> =>
  call('GET', `${pathOf(id)}/versions?seq=${seq}`);

export const isThere = (entry: Entry): boolean => entry.kind !== 'activity' && entry.gone === null;

const SECOND = 1_000_000;

/** Whether the time for editing and deleting is over. `now` in microseconds. */
export const isLate = (entry: Entry, rules: Times | undefined, now: number): boolean =>
  now - entry.at > (rules?.edit_minutes ?? 0) * 60 * SECOND;

/** For how many microseconds more it can be taken back: until the other side has seen it. Files would not come back with the words. */
export function undoable(entry: Entry, model: ThreadModel, rules: Times | undefined, me: number, now: number): number {
  if (!isThere(entry) || entry.attachments.length > 0 || !isMine(entry.author, me) || isSeen(entry, model)) return 0;
  return Math.max(0, entry.at + (rules?.undo_s ?? 0) * SECOND - now);
}

export function isSeen(entry: Entry, model: ThreadModel): boolean {
  if (entry.kind === 'public') return seenByVisitor(model) >= entry.seq;
  return seenByOthers(model, entry).length > 0;
}
