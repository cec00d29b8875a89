import { notices } from '../src/state/notices.svelte.ts';

/** What jsdom lacks and the modules ask for when they load. */
window.matchMedia ??= () => new EventTarget() as MediaQueryList;

/** Files that share a page find nothing there that an earlier one left. */
localStorage.clear();
for (const { id } of notices.shown) notices.dismiss(id);
