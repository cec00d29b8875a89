/** What the browser's tab is called: how many wait, the page, and the product. */
export function tabTitle(waiting: number, page = ''): string {
  return `${waiting > 0 ? `(${waiting}) ` : ''}${page === '' ? '' : `${page} · `}Recado`;
}
