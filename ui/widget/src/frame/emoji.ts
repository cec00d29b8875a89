/** The picker of emoji, fetched when it is first opened: nothing of the chat's own is in here, so that nothing of it is split off. */
import { togglePicker } from '@recado/shared/emoji/picker.ts';
import { Recent } from '@recado/shared/emoji/recent.ts';
import type { Locale } from '@recado/shared/wire.ts';
import type { Draft } from './draft.svelte.ts';

/** What was used last lies beside what is typed, and goes with it when the site says that the visitor is to be forgotten. */
export function toggle(button: HTMLElement, box: HTMLTextAreaElement, { storage, key }: Draft): void {
  togglePicker(button, box, document.documentElement.lang as Locale, new Recent(storage, `${key}:emoji`));
}
