/** The keys of the desk: where they work, and what they do. */
import type { Desk } from '../../state/desk.svelte.ts';
import type { ListName } from '@recado/shared/wire.ts';
import type { Key } from '../../state/language.svelte.ts';
import type { Screen } from './context.ts';
import { router } from '../../state/router.svelte.ts';

const LISTS: Record<string, ListName> = { w: 'waiting', a: 'attending', c: 'closed' };
const PREFIX_MS = 1_200;

/** What the table on `?` shows. */
export const TABLE: { keys: string[]; then?: boolean; what: Key }[] = [
  { keys: ['J'], what: 'keys.next' },
  { keys: ['K'], what: 'keys.previous' },
  { keys: ['↵'], what: 'keys.open' },
  { keys: ['G', 'W'], then: true, what: 'keys.waiting' },
  { keys: ['G', 'A'], then: true, what: 'keys.attending' },
  { keys: ['G', 'C'], then: true, what: 'keys.closed' },
  { keys: ['R'], what: 'keys.answer' },
  { keys: ['↵'], what: 'keys.send' },
  { keys: ['⇧', '↵'], what: 'keys.line' },
  { keys: ['Esc'], what: 'keys.leave' },
  { keys: ['?'], what: 'keys.help' },
];

/** An attachment for the window. Keys do nothing while somebody writes, or a menu or dialog is open. */
export function shortcuts(desk: Desk, screen: Screen, help: () => void): () => () => void {
  let prefixedAt = -Infinity;
  const act = (event: KeyboardEvent): boolean => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const prefixed = event.timeStamp - prefixedAt < PREFIX_MS;
    prefixedAt = key === 'g' ? event.timeStamp : -Infinity;
    if (prefixed && LISTS[key]) return choose(desk, LISTS[key]);
    if (key === 'j' || key === 'ArrowDown') return move(desk, screen, key, 1);
    if (key === 'k' || key === 'ArrowUp') return move(desk, screen, key, -1);
    if (key === 'r') return answer();
    if (key === '?') return (help(), true);
    return key === 'Escape' && leave();
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
    if (act(event)) event.preventDefault();
  };
  return () => {
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  };
}

function busy(target: EventTarget | null): boolean {
  const at = target instanceof Element ? target : document.body;
  return (
    at.closest('input, textarea, [contenteditable], [role=menu], [role=listbox], [role=dialog]') !== null ||
    document.querySelector('[role=dialog], [role=menu]') !== null
  );
}

function choose(desk: Desk, list: ListName): true {
  desk.list = list;
  document.getElementById(`tab-${list}`)?.focus();
  return true;
}

/** Moves the focus along the rows; arrow keys only where a row has it already. */
function move(desk: Desk, screen: Screen, key: string, step: 1 | -1): boolean {
  if (!screen.rows || (key.startsWith('Arrow') && !screen.rows.hasFocus)) return false;
  void screen.rows.move(step, desk.open?.id ?? null);
  return true;
}

function answer(): boolean {
  const box = document.querySelector<HTMLElement>('[data-composer]');
  box?.focus();
  return box !== null;
}

/** Esc closes what lies on top: the customer's panel, then the conversation. */
function leave(): boolean {
  if (router.query.get('panel') !== null) return (router.back(router.path), true);
  if (router.path === '/desk') return false;
  router.go('/desk');
  return true;
}
