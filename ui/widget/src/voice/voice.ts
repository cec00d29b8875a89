/** Voice messages of a visitor: recorded in the place of the box, offered again where they were left unsent. */
import { follow } from '@recado/shared/voice/follow.ts';
import { openKeep, type Kept } from '@recado/shared/voice/keep.ts';
import { handBack, standIn } from '@recado/shared/voice/sending.ts';
import * as strip from '@recado/shared/voice/strip.ts';
import type { FileRules } from '@recado/shared/wire.ts';
import type { Chat } from '../frame/chat.svelte.ts';
import { put } from '../frame/storage.ts';
import { locale } from '../frame/words.ts';
import { announce } from './saying.ts';

export { post } from './sending.ts';

// The colours of the inbox where the chat has them; marks as quiet as the rest of the box.
const looks = new CSSStyleSheet();
looks.replaceSync('form { --voice-send: var(--brand); --voice-send-ink: var(--brand-ink); --voice-live: var(--text-2); }');
document.adoptedStyleSheets.push(looks);

export async function record(chat: Chat): Promise<void> {
  const options = optionsOf(chat);
  if (options === null) return;
  mark(chat, '1');
  ready();
  await strip.record(options);
}

/** Shows what was left, where there is any. */
export async function offer(chat: Chat): Promise<void> {
  const keep = await openKeep();
  const mine = (await keep.list(placeOf(chat))).filter((one) => one.place === placeOf(chat));
  for (const { id } of mine.filter((one) => isStored(chat, one.id))) await keep.remove(id);
  const left = await import('../attach/attach.ts').then((it) => it.offer(chat)).catch(() => true);
  const told = await import('../away/away.ts').then((it) => it.waits(chat) && it.show(chat).then(() => true)).catch(() => true);
  if (mine.length === 0 && !left && !told) mark(chat, '');
  for (const { id } of mine.filter((one) => one.handed && !isStored(chat, one.id))) lookAfter(chat, id);
  const options = optionsOf(chat);
  if (options) await strip.offer(options);
  if (mine.length > 0) ready();
}

/** What shows it on its way is fetched now: the connection may be gone by then. */
const ready = (): void => void Promise.all([import('../frame/drawing.ts'), import('../frame/files.ts'), import('./play.ts')]).catch(() => undefined);

/** Nothing of a site's visitors is left. */
export async function forget(_: Chat, scope: string): Promise<void> {
  await (await openKeep()).clear(`recado:draft:${scope}`);
}

/** A message that could not go: its recording is there again, to listen to. */
export async function takeBack(chat: Chat, id: string): Promise<void> {
  await handBack(id);
  await offer(chat);
}

const goes = (chat: Chat, id: string): boolean => chat.pending.some((one) => one.id === id);
const isStored = (chat: Chat, id: string): boolean => chat.book.chapters.some(({ entries }) => entries.some((entry) => entry.client_id === id));

const lookAfter = (chat: Chat, id: string): void =>
  follow(id, { there: () => goes(chat, id), stored: () => isStored(chat, id), lost: () => takeBack(chat, id) });

const placeOf = (chat: Chat): string => `${chat.draft.key}:voice`;
/** That there is one to look for, when the chat is opened the next time. */
const mark = (chat: Chat, text: '1' | ''): void => put(chat.draft.storage, placeOf(chat), text);

function optionsOf(chat: Chat): strip.StripOptions | null {
  const box = document.querySelector<HTMLTextAreaElement>('form > textarea');
  // Where nothing can be written, nothing can be sent.
  if (!box?.form) return null;
  const send = (kept: Kept): string | null => {
    const gone = chat.say('', [standIn(kept)], kept.id);
    if (gone) lookAfter(chat, kept.id);
    return gone ? null : '';
  };
  const rules = (): Promise<FileRules> => chat.session.request<FileRules>('GET', '/files/rules');
  const shown = (): boolean => chat.open;
  return { place: placeOf(chat), locale: locale(), form: box.form, box, rules, send, goes: (id) => goes(chat, id), announce, shown };
}
