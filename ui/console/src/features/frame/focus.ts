/** Where the focus goes when what is on the page has changed under it. */
import { tick } from 'svelte';

/** What had it is gone: to the page's title, from which all of the page is ahead. */
export function focusTitle(): void {
  document.querySelector<HTMLElement>('h1[tabindex]')?.focus();
}

/** To the first thing in a form that is wrong, or that somebody else has set meanwhile, once it is drawn. */
export async function focusWrong(form: string): Promise<void> {
  await tick();
  const wrong = '[aria-invalid=true], [data-meanwhile] button';
  document.getElementById(form)?.querySelector<HTMLElement>(wrong)?.focus();
}
