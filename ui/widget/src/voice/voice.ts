/** Voice messages of a visitor: recorded in the place of the box, offered again where they were left unsent. */
import { openKeep, type Kept } from '@recado/shared/voice/keep.ts';
import { handBack, standIn } from '@recado/shared/voice/sending.ts';
import * as strip from '@recado/shared/voice/strip.ts';
import type { FileRules } from '@recado/shared/wire.ts';
import type { Chat } from '../frame/chat.svelte.ts';
import { put } from '../frame/storage.ts';
import { locale } from '../frame/words.ts';

export { post } from './sending.ts';

// The colours of the inbox where the chat has them; marks as quiet as the rest of the box.
const looks = new CSSStyleSheet();
looks.replaceSync('form { --voice-send: var(--brand); --voice-send-ink: var(--brand-ink); --voice-live: var(--text-2); }');
document.adoptedStyleSheets.push(looks);

const LOOK_MS = 2_000;
const LOOKS = 5;

const region = document.createElement('div');
Object.assign(region, { className: 'unseen', role: 'status' });

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
  const sent = new Set(chat.book.chapters.flatMap(({ entries }) => entries.map((entry) => entry.client_id)));
  const mine = (await keep.list(placeOf(chat))).filter((one) => one.place === placeOf(chat));
  for (const { id } of mine.filter((one) => sent.has(one.id))) await keep.remove(id);
  const cut = await import('../attach/attach.ts').then((it) => it.tellCut(chat)).catch(() => true);
  if (mine.length === 0 && !cut) mark(chat, '');
  for (const { id } of mine.filter((one) => one.handed && !sent.has(one.id))) follow(chat, id);
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

/**
 * Its message lies in the outbox until the server has it or it was thrown away: then it goes from here, too. One whose message
 * was never seen there is offered again.
 */
function follow(chat: Chat, id: string): void {
  let [seen, looks] = [false, 0];
  const look = async (): Promise<void> => {
    const there = chat.pending.some((one) => one.id === id);
    seen ||= there;
    if (there || (!seen && ++looks < LOOKS)) return void setTimeout(look, LOOK_MS);
    // What is taken back just now is no longer handed over in a moment.
    await new Promise((passed) => setTimeout(passed, LOOK_MS));
    const keep = await openKeep();
    if (!(await keep.find(id))?.handed) return;
    if (seen) await keep.remove(id);
    else await takeBack(chat, id);
  };
  setTimeout(look, LOOK_MS);
}

const placeOf = (chat: Chat): string => `${chat.draft.key}:voice`;
/** That there is one to look for, when the chat is opened the next time. */
const mark = (chat: Chat, text: '1' | ''): void => put(chat.draft.storage, placeOf(chat), text);

function optionsOf(chat: Chat): strip.StripOptions | null {
  const box = document.querySelector<HTMLTextAreaElement>('form > textarea');
  // Where nothing can be written, nothing can be sent.
  if (!box?.form) return null;
  const send = (kept: Kept): string | null => {
    const gone = chat.say('', [standIn(kept)], kept.id);
    if (gone) follow(chat, kept.id);
    return gone ? null : '';
  };
  const rules = (): Promise<FileRules> => chat.session.request<FileRules>('GET', '/files/rules');
  const announce = (text: string): void => {
    document.body.append(region);
    region.textContent = text;
  };
  return { place: placeOf(chat), locale: locale(), form: box.form, box, rules, send, announce, shown: () => chat.open };
}
