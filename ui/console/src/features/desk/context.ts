import { createContext } from 'svelte';
import type { Desk } from '../../state/desk.svelte.ts';
import type { Afterwards } from './afterwards.svelte.ts';
import type { RowsView } from './rows-view.svelte.ts';

/** The desk of the page: set by Desk.svelte, read by everything below it. */
export const [getDesk, setDesk] = createContext<Desk>();

/** What is on the screen, for the keys: the list that is shown, and the thread. */
export interface Screen {
  rows: RowsView | null;
  thread: { goTo: (at: number) => Promise<void>; newest: () => Promise<void>; toEntry: (seq: number) => Promise<void>; stay: () => void } | null;
  /** What can be done with its messages. */
  afterwards: Afterwards | null;
  /** Asks for the day to go to. */
  askDay: (() => void) | null;
}
export const [getScreen, setScreen] = createContext<Screen>();

/** What can be done with the messages of the thread: set by Messages.svelte. */
export const [getAfterwards, setAfterwards] = createContext<Afterwards>();
