/** Where the focus goes when what is on the page has changed under it. */
import { tick } from 'svelte';

/** What had it is gone: to the page's title, from which all of the page is ahead. */
export function focusTitle(): void {
  document.querySelector<HTMLElement>('h1[tabindex]')?.focus();
}

/** What was pressed is gone with its row: to the next that can be pressed in its list, else to the page's title. */
export async function focusNext(list: HTMLElement | undefined): Promise<void> {
  await tick();
  if (document.activeElement !== document.body) return;
  const next = list?.querySelector('button');
  if (next) next.focus();
  else focusTitle();
}

/** To the first thing in a form that somebody else has set meanwhile, in the middle of what is seen. */
export function focusMeanwhile(form: string): void {
  const choice = document.getElementById(form)?.querySelector<HTMLElement>('[data-meanwhile] button');
  choice?.focus({ preventScroll: true });
  choice?.scrollIntoView({ block: 'center' });
}

/** To the first thing in a form that is wrong, or that somebody else has set meanwhile, once it is drawn. */
export async function focusWrong(form: string): Promise<void> {
  await tick();
  const wrong = '[aria-invalid=true], [data-meanwhile] button';
  document.getElementById(form)?.querySelector<HTMLElement>(wrong)?.focus();
}
