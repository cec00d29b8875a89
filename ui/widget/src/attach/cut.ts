/** What was left unsent: what the server still has is there again; what it has not is told to whoever comes back. */
import { ApiProblem } from '@recado/shared/api.ts';
import { make } from '@recado/shared/make.ts';
import type { Attachment, Upload } from '@recado/shared/wire.ts';
import type { Chat } from '../frame/chat.svelte.ts';
import { put } from '../frame/storage.ts';
import { dress, icon } from './look.ts';
import { doorOf } from './parcel.ts';
import type { Left, LeftFile, Shelf } from './shelf.ts';
import { learn, t } from './words.ts';

const ASK_AGAIN_MS = 3_000;
const line = make('div', { className: 'held' });
const placeOf = (chat: Chat): string => `${chat.draft.key}:cut`;
const namesOf = (chat: Chat): string[] => JSON.parse(chat.draft.storage.getItem(placeOf(chat)) ?? '[]') as string[];

/** What of one place can be gone on with, and how that is written there. */
export interface Found {
  readonly place: string;
  readonly text: string;
  readonly files: readonly Attachment[];
  readonly caption: string;
}

/** Asks the server for what lies at a place; keeps the rest to be told. Null where another tab has changed it meanwhile. */
export async function look(chat: Chat, shelf: Shelf, place: string, was: string): Promise<Found | null> {
  const left = JSON.parse(was) as Left;
  const found = await Promise.all(left.files.map((file) => find(chat, file)));
  const files = found.filter((one) => typeof one === 'object');
  const there = left.files.filter((_, index) => typeof found[index] === 'object');
  const lost = left.files.filter((_, index) => found[index] === 'lost');
  if (!shelf.settle(place, was, { ...left, files: there })) return null;
  if (lost.length > 0) put(chat.draft.storage, placeOf(chat), JSON.stringify([...namesOf(chat), ...lost.map(({ name }) => name)]));
  // Typed is typed: where nothing is left for it to go with, the box has it.
  if (lost.length > 0 && there.length === 0 && left.caption) chat.draft.giveBack(left.caption);
  return { place, text: chat.draft.storage.getItem(place) ?? '', files, caption: left.caption };
}

/** A file as the server has it; `gone`: into its message; `lost`: whatever of it had come is of no use. */
async function find(chat: Chat, { id }: LeftFile): Promise<Attachment | 'gone' | 'lost'> {
  while (id !== null) {
    if (isSaid(chat, id)) return 'gone';
    try {
      const { file } = await chat.session.request<Upload>('GET', `/uploads/${id}`);
      if (file) return file;
      // Not all of it had come, and the bytes were the former page's.
      void doorOf(chat.session).cancel(id).catch(() => undefined);
      return 'lost';
    } catch (problem) {
      const missing = problem instanceof ApiProblem && problem.code === 'not_found';
      // Before all that was said is known, it may have gone.
      if (missing && chat.book.loaded) return isSaid(chat, id) ? 'gone' : 'lost';
      if (problem instanceof ApiProblem && !problem.passing && !missing) throw problem;
      await new Promise((passed) => setTimeout(passed, ASK_AGAIN_MS));
    }
  }
  return 'lost';
}

/** It stands in a message, or goes with one that is on its way. */
function isSaid({ book, pending }: Chat, id: string): boolean {
  const stored = book.chapters.some(({ entries }) => entries.some((entry) => entry.attachments.some((file) => file.id === id)));
  return stored || pending.some(({ extra }) => extra.files?.some((file) => file.id === id));
}

/** Says above the box what did not go; false where that is nothing. */
export async function tellCut(chat: Chat): Promise<boolean> {
  const names = namesOf(chat);
  if (names.length === 0) return false;
  await learn();
  dress();
  const off = make('button', { type: 'button', className: 'icon', ariaLabel: t('cut.read') }, icon('cross'));
  off.onclick = () => {
    forgetCut(chat);
    document.querySelector<HTMLElement>('form > textarea')?.focus();
  };
  line.replaceChildren(make('p', { className: 'why' }, t('cut', { count: names.length, names: names.join(', ') })), off);
  document.querySelector('form:has(> textarea)')?.append(line);
  return true;
}

/** It was read, or something is chosen anew. */
export function forgetCut(chat: Chat): void {
  put(chat.draft.storage, placeOf(chat), '');
  line.remove();
}
