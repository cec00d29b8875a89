import { createContext } from 'svelte';
import type { Desk } from '../../state/desk.svelte.ts';
import type { Acting } from './acting.svelte.ts';
import type { RowsView } from './rows-view.svelte.ts';

/** The desk of the page: set by Desk.svelte, read by everything below it. */
export const [getDesk, setDesk] = createContext<Desk>();

/** What is on the screen, for the keys: the list that is shown, and the thread. */
export interface Screen {
  rows: RowsView | null;
  thread: { goTo: (at: number) => Promise<void>; newest: () => Promise<void>; stay: () => void } | null;
  acting: Acting | null;
  /** Asks for the day to go to. */
  askDay: (() => void) | null;
}
export const [getScreen, setScreen] = createContext<Screen>();

/** Which message of the thread one is at: set by Messages.svelte. */
export const [getActing, setActing] = createContext<Acting>();
