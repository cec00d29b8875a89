/** What commands act on: the desk, where one is open, and what lies over the page. */
import type { Desk } from '../../state/desk.svelte.ts';
import type { Screen } from '../desk/context.ts';

export interface Scene {
  desk: Desk | null;
  screen: Screen | null;
}

/** Filled by the page that is shown. */
export const scene: Scene = { desk: null, screen: null };

/** What is open over the page. */
export const over = $state({ palette: false, help: false, rules: false, dnd: false });

const KEY = 'recado:single-keys';

function remembered(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

let single = $state(remembered());

/** Whether keys without Ctrl do anything: who dictates, or touches keys by chance, turns them off. Kept in this browser. */
export const singleKeys = {
  get on(): boolean {
    return single;
  },
  set(on: boolean): void {
    single = on;
    try {
      localStorage.setItem(KEY, on ? 'on' : 'off');
    } catch {
      // Without storage it holds for this page.
    }
  },
};
