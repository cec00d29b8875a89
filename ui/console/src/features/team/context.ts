import { createContext } from 'svelte';
import type { TeamState } from '../../state/team.svelte.ts';

/** The team of the page: set by Team.svelte, read by everything below it. */
export const [getTeam, setTeam] = createContext<TeamState>();
