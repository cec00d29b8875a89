import { createContext } from 'svelte';
import type { Desk } from '../../state/desk.svelte.ts';

/** The desk of the page: set by Desk.svelte, read by everything below it. */
export const [getDesk, setDesk] = createContext<Desk>();
