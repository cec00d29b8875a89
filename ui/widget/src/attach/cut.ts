/** What was left unsent: what the server still has is there again; what it has not is told to whoever comes back. */
import { ApiProblem } from '@recado/shared/api.ts';
import { canHold } from '@recado/shared/hold.ts';
import { make } from '@recado/shared/make.ts';
import type { Attachment, Upload } from '@recado/shared/wire.ts';
import type { Chat } from '../frame/chat.svelte.ts';
import { put } from '../frame/storage.ts';
import { dress, icon } from './look.ts';
import { doorOf } from './parcel.ts';
import type { Left, LeftFile, Shelf } from './shelf.ts';
import { learn, t } from './words.ts';

const ASK_AGAIN_MS = 3_000;
/** Where tabs cannot tell each other what they are busy with: nobody sends a file that has not moved for so long. */
const STILL_MS = 60_000;
const watched = new Set<string>();
const still = new Set<string>();
const line = make('div', { className: 'held' });
const placeOf = (chat: Chat): string => `${chat.draft.key}:cut`;
const namesOf = (chat: Chat): string[] => JSON.parse(chat.draft.storage.getItem(placeOf(chat)) ?? '[]') as string[];
const pause = (): Promise<unknown> => new Promise((passed) => setTimeout(passed, ASK_AGAIN_MS));

/** What of one place can be gone on with, and how that is written there. */
export interface Found {
  readonly place: string;
  readonly text: string;
  readonly files: readonly Attachment[];
  readonly caption: string;
}

/**
 * Asks the server for what lies at a place; keeps the rest to be told. Null where another tab has changed it meanwhile, or
 * may be sending it: `again` is called once it is known what has become of that.
 */
export async function look(chat: Chat, shelf: Shelf, place: string, was: string, again: () => void): Promise<Found | null> {
  const left = JSON.parse(was) as Left;
  const [alone, found] = await Promise.all([canHold(), findAll(chat, left)]);
  if (found.some(isCut) && !alone && !still.has(place)) {
    void watch(chat, place, left).then(again, () => undefined);
    return null;
  }
  const files = found.filter((one) => typeof one === 'object');
  const there = left.files.filter((_, index) => typeof found[index] === 'object');
  const cut = left.files.filter((_, index) => isCut(found[index]!));
  const lost = left.files.filter((file, index) => found[index] === 'lost' || cut.includes(file));
  if (!shelf.settle(place, was, { ...left, files: there })) return null;
  // The bytes were the former page's: nobody sends the rest of them.
  for (const { id } of alone ? cut : []) if (id) void doorOf(chat.session).cancel(id).catch(() => undefined);
  if (lost.length > 0) put(chat.draft.storage, placeOf(chat), JSON.stringify([...namesOf(chat), ...lost.map(({ name }) => name)]));
  // Typed is typed: where nothing is left for it to go with, the box has it.
  if (lost.length > 0 && there.length === 0 && left.caption) chat.draft.giveBack(left.caption);
  return { place, text: chat.draft.storage.getItem(place) ?? '', files, caption: left.caption };
}

/** Waits until all that lies at a place is whole or gone, or has not moved for long. */
async function watch(chat: Chat, place: string, left: Left): Promise<void> {
  if (watched.has(place)) return Promise.reject();
  watched.add(place);
  let [had, since] = ['', Date.now()];
  try {
    for (let found = await findAll(chat, left); found.some(isCut); found = await findAll(chat, left)) {
      const has = JSON.stringify(found);
      if (has !== had) [had, since] = [has, Date.now()];
      else if (Date.now() - since >= STILL_MS) return void still.add(place);
      await pause();
    }
  } finally {
    watched.delete(place);
  }
}

/** A file as the server has it; `gone`: into its message; `lost`: it is not there; a number: so many of its bytes have come. */
type Fate = Attachment | 'gone' | 'lost' | number;
const isCut = (fate: Fate): fate is number => typeof fate === 'number';
const findAll = (chat: Chat, { files }: Left): Promise<Fate[]> => Promise.all(files.map((file) => find(chat, file)));

async function find(chat: Chat, { id }: LeftFile): Promise<Fate> {
  while (id !== null) {
    if (isSaid(chat, id)) return 'gone';
    try {
      const { file, offset } = await chat.session.request<Upload>('GET', `/uploads/${id}`);
      return file ?? offset;
    } catch (problem) {
      const missing = problem instanceof ApiProblem && problem.code === 'not_found';
      // Before all that was said is known, it may have gone.
      if (missing && chat.book.loaded) return isSaid(chat, id) ? 'gone' : 'lost';
      if (problem instanceof ApiProblem && !problem.passing && !missing) throw problem;
      await pause();
    }
  }
  return 0;
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
