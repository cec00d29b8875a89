/** Where the focus goes when what had it is gone: to the page's title, from which all of the page is ahead. */
export function focusTitle(): void {
  document.querySelector<HTMLElement>('h1[tabindex]')?.focus();
}
