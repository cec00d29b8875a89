/** What the browser's tab is called: how many are to be looked at, the page, and the product. */
export function tabTitle(count: number, page = ''): string {
  return `${count > 0 ? `(${count}) ` : ''}${page === '' ? '' : `${page} · `}Recado`;
}
