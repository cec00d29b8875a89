/** Keys to commands: one after the other where they are written so, and none while somebody writes or chooses. */
import { composing } from '@recado/shared/composing.ts';
import { callable, TABLE } from './table.ts';
import { scene, singleKeys } from './scene.svelte.ts';

/** So long a first key ('g') waits for the second. */
const PREFIX_MS = 1_200;
const BEGINNINGS = new Set(TABLE.flatMap(({ keys }) => keys ?? []).flatMap((keys) => keys.split(' ').slice(0, -1)));

export const isMac = /mac|iphone|ipad/i.test(navigator.platform);

/** An attachment for the window. */
export function keyboard(): () => void {
  let first = { key: '', at: -Infinity };
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || composing(event)) return;
    const key = nameOf(event);
    if (!allowed(event, key)) return;
    const begun = BEGINNINGS.has(first.key) && event.timeStamp - first.at < PREFIX_MS;
    const keys = begun ? `${first.key} ${key}` : key;
    first = { key, at: begun ? -Infinity : event.timeStamp };
    // The second key is not meant by itself, whether or not the two are a command now.
    if (call(keys) || begun) event.preventDefault();
  };
  addEventListener('keydown', pressed);
  return () => removeEventListener('keydown', pressed);
}

/** 'j', 'Escape', 'mod+k': Ctrl, on a Mac the command key, is 'mod'. */
function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return (isMac ? event.metaKey : event.ctrlKey) ? `mod+${key}` : key;
}

function allowed(event: KeyboardEvent, key: string): boolean {
  // One that is just leaving is not there any more.
  if (document.querySelector(':is([role=dialog], [role=menu]):not([data-state=closed])')) return false;
  if (key.startsWith('mod+')) return true;
  if (event.ctrlKey || event.metaKey || writes(event.target)) return false;
  return singleKeys.on || key.length > 1;
}

function writes(target: EventTarget | null): boolean {
  const at = target instanceof Element ? target : document.body;
  return at.closest('input, textarea, select, [contenteditable], [role=menu], [role=listbox]') !== null;
}

function call(keys: string): boolean {
  const command = callable(scene).find((one) => one.keys?.includes(keys));
  return command !== undefined && command.run!(scene, keys) !== false;
}
