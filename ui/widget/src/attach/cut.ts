/** What was chosen and had not gone when the page was left: whoever leaves is asked first, and who comes back is told. */
import { make } from '@recado/shared/make.ts';
import type { Chat } from '../frame/chat.svelte.ts';
import { put } from '../frame/storage.ts';
import { dress, icon } from './look.ts';
import { learn, t } from './words.ts';

const line = make('div', { className: 'held' });
const placeOf = (chat: Chat): string => `${chat.draft.key}:cut`;

/** Calls `left` for what would be lost; an empty list where that is nothing. */
export function watchLeaving(chat: Chat, left: () => { names: readonly string[]; caption: string }): void {
  addEventListener('beforeunload', (event) => left().names.length > 0 && event.preventDefault());
  addEventListener('pagehide', ({ persisted }) => {
    const { names, caption } = left();
    if (persisted || names.length === 0) return;
    put(chat.draft.storage, placeOf(chat), JSON.stringify(names));
    // That there is something to be told, as for what was recorded.
    put(chat.draft.storage, `${chat.draft.key}:voice`, '1');
    if (caption) chat.draft.giveBack(caption);
  });
}

/** Says above the box what did not go; false where that is nothing. */
export async function tellCut(chat: Chat): Promise<boolean> {
  const names = JSON.parse(chat.draft.storage.getItem(placeOf(chat)) ?? '[]') as string[];
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
