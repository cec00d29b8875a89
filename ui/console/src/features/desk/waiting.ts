/** What waits in a draft, its files above all: which there are, how they go, and how they are dropped. */
import { announce } from '@recado/shared/announce.svelte.ts';
import { ApiProblem } from '@recado/shared/api.ts';
import { charactersOf } from '@recado/shared/upload.ts';
import type { Attachment, Mode, Reply } from '@recado/shared/wire.ts';
import { call } from '../../state/backend.ts';
import type { OpenThread } from '../../state/open-thread.svelte.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { captionOf, type Lost } from '../../state/draft-shelf.ts';
import { language, t } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { filled, wordsOf } from '../../state/replies.ts';
import type { Extra } from '../../state/sender.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import { customerRow, isWithCustomer } from './kinds.ts';
import { outgoing, type Outgoing } from './outgoing.ts';
import type { Written } from './replying.svelte.ts';

/** So long a text beside files may be, in characters; a longer one goes by itself. */
const BESIDE_MAX = 160;
/** How long after an answer that did not come it is asked again, in milliseconds. */
const PAUSES_MS = [500, 2_000];

/** Those of a draft that can be sent: not what is on its way with a message already, or has arrived with it. */
export function waitingIn(desk: Desk, id: number, mode: Mode): readonly Attachment[] {
  const files = desk.drafts.files.of(id, mode);
  if (files.length === 0) return files;
  const entries = desk.pane(id)?.model?.entries ?? [];
  const going = [...desk.sender.of(id).map(({ extra }) => extra?.files ?? []), ...entries.map(({ attachments }) => attachments)];
  const ids = new Set(going.flat().map((file) => file.id));
  return files.filter((file) => !ids.has(file.id));
}

/** The text of a draft, wherever one goes meanwhile. */
export const writtenIn = ({ drafts }: Desk, id: number, mode: Mode): Written => ({
  read: () => drafts.get(id, mode),
  write: (text) => drafts.set(id, text, mode),
});

/** The text for the files of a draft, as it goes. */
export const captionIn = (desk: Desk, open: OpenThread, mode: Mode): Outgoing =>
  outgoing(desk.drafts.get(open.id, captionOf(mode)).trim(), mode, open.model ? customerRow(open.model) : undefined);

/** Sends what waits, with the text that was written for it. */
export function sendWaiting(desk: Desk, open: OpenThread, mode: Mode, extra: Extra | null = null): void {
  const note = mode === 'note' ? ({ kind: 'note', mentions: [] } as const) : {};
  const files = waitingIn(desk, open.id, mode);
  const { words, draft } = captionIn(desk, open, mode);
  desk.sender.send(open.id, words, { ...note, ...extra, draft, files, ...open.quotation.take(mode) });
  desk.drafts.clear(open.id, captionOf(mode));
}

/**
 * Sends what is in a draft; as long as a file is still on its way, the words alone. Words and files go as one message, where the
 * files have no text of their own and the words are short enough to stand beside them, or were begun with the quick reply whose
 * files these are; else the words go first.
 */
export function sendAll(desk: Desk, open: OpenThread, mode: Mode, text: string, extra: Extra): void {
  const coming = desk.drafts.files.attaching(open.id, mode)?.coming.length ?? 0;
  const files = coming > 0 ? [] : waitingIn(desk, open.id, mode);
  const words = text.trim();
  if (coming > 0 && words !== '') notices.news(t('waiting.stay'));
  if (files.length === 0) return desk.send(open.id, words, { ...extra, ...open.quotation.take(mode) });
  if (words === '') return sendWaiting(desk, open, mode);
  const own = desk.drafts.get(open.id, captionOf(mode)).trim() !== '';
  const begun = 'reply' in extra ? begunWith(desk, open, extra.reply, words, files) : undefined;
  if (!own && begun !== undefined) return desk.send(open.id, words, { reply: begun, files, ...open.quotation.take(mode) });
  if (!own && charactersOf(words, language.locale) <= BESIDE_MAX)
    return desk.send(open.id, words, { ...extra, files, ...open.quotation.take(mode) });
  desk.send(open.id, words, { ...extra, ...open.quotation.take(mode) });
  sendWaiting(desk, open, mode);
}

/**
 * The quick reply that words were begun with, where all of the files are its own: `known`, or, on a page that has been loaded
 * anew, one whose first line is still among the words. Copies of its files are told by what they are called and how large they are.
 */
function begunWith(desk: Desk, open: OpenThread, known: number | undefined, words: string, files: readonly Attachment[]): number | undefined {
  const row = open.model && isWithCustomer(open.model) ? open.model.conversation : null;
  const isOf = (reply: Reply): boolean => files.every((one) => reply.files.some(({ name, size }) => name === one.name && size === one.size));
  const begins = ({ text }: Reply): boolean => {
    const [first = ''] = row ? wordsOf(filled(text, row, session.me!)).trim().split('\n') : [];
    return first !== '' && words.includes(first);
  };
  return desk.replies.items?.find((reply) => isOf(reply) && (known === undefined ? begins(reply) : reply.id === known))?.id;
}

/** Sends a quick reply by itself, with its files; false where nothing can be sent now, which is told. */
export function sendReply(desk: Desk, open: OpenThread, against: string | null, words: string, reply: Reply): boolean {
  const along = reply.files.length > 0 ? { files: reply.files } : {};
  if (against !== null) announce(against);
  else desk.sender.send(open.id, words, { reply: reply.id, ...along, ...open.quotation.take('answer') });
  return against === null;
}

/** Asks for the files of a quick reply in a draft; once more where no answer came. Asked again, the server puts none there twice. */
async function ask(id: number, mode: Mode, reply: Reply, pauses: readonly number[]): Promise<Attachment[]> {
  try {
    return await call<Attachment[]>('POST', `/conversations/${id}/draft/reply`, { reply: reply.id, mode });
  } catch (error) {
    const [pause, ...others] = pauses;
    if (pause === undefined || !(error instanceof ApiProblem && error.passing)) throw error;
    await new Promise((resolve) => setTimeout(resolve, pause));
    return ask(id, mode, reply, others);
  }
}

/** Puts the files of a quick reply into a draft, where they wait like those that were loaded for it. */
export async function takeFiles(desk: Desk, id: number, mode: Mode, reply: Reply): Promise<void> {
  try {
    const files = await ask(id, mode, reply, PAUSES_MS);
    for (const file of files) desk.drafts.files.add(id, mode, file);
  } catch (error) {
    const code = error instanceof ApiProblem ? error.code : '';
    if (code === 'wrong_file' || code === 'file_too_large') notices.warning(t('waiting.notAllowed'));
    else if (code === 'invalid') notices.warning(t('waiting.tooMany'));
    else notices.failure(error);
  }
}

/** Those of a conversation that is not mine now: as they were here a moment ago, or as the server keeps them. */
export function lostFiles({ drafts }: Desk, id: number): readonly Attachment[] {
  const served = drafts.orphans.filter(({ from }) => from === id).flatMap(({ files = [] }) => files);
  const all = [...drafts.files.of(id, 'answer'), ...drafts.files.of(id, 'note'), ...served];
  return [...new Map(all.map((file) => [file.id, file])).values()];
}

/**
 * Those that wait beside a text that was not sent. Until the server has been asked what it keeps of them, they are as they were
 * here a moment ago, at the first text of their conversation and mode.
 */
export function filesBeside({ drafts }: Desk, { id, from, mode, files = [] }: Lost): readonly Attachment[] {
  const same = drafts.orphans.filter((one) => one.from === from && one.mode === mode);
  const told = same.some((one) => (one.files ?? []).length > 0);
  return from === undefined || told || same[0]?.id !== id ? files : drafts.files.of(from, mode);
}

/** Drops what waits and what is on its way, and the text for it. */
export function dropWaiting(desk: Desk, id: number, mode: Mode): void {
  desk.drafts.files.attaching(id, mode)?.clear();
  for (const file of waitingIn(desk, id, mode)) void desk.drafts.files.remove(id, mode, file).catch(notices.failure);
  if (desk.drafts.get(id, captionOf(mode)) !== '') desk.drafts.set(id, '', captionOf(mode));
}
