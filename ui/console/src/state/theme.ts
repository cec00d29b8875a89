/** Light or dark, by the person's choice or the system's. Remembered here too, so that the next page opens in it at once. */
import type { Theme } from '@recado/shared/wire.ts';

const KEY = 'recado:theme';
const system = matchMedia('(prefers-color-scheme: dark)');
let chosen: Theme = remembered();

system.addEventListener('change', show);

/** Wear `theme` from now on. */
export function wear(theme: Theme): void {
  chosen = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the next page begins with the system's colours.
  }
  show();
}

export function show(): void {
  const dark = chosen === 'dark' || (chosen === 'system' && system.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  colourBar();
}

/** The bar that the browser or the phone draws around the page has the colour of ours. */
function colourBar(): void {
  const colour = getComputedStyle(document.documentElement).getPropertyValue('--surface').trim();
  if (colour === '') return;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) meta.content = colour;
}

function remembered(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system';
  }
}
