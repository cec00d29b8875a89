import { createContext } from 'svelte';
import type { SettingsState } from '../../state/settings.svelte.ts';

/** What the settings screens share: set by Settings.svelte. */
export const [getSettings, setSettings] = createContext<SettingsState>();
