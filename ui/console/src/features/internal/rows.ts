/** The rows of a list of direct conversations, for the keys. */
const ROW = '[data-talk]';

/** Moves the focus along them, from the one that has it or is open; false where there are none, or `only` where none has it. */
export function among(by: 1 | -1, only: boolean): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(ROW)];
  const focused = rows.findIndex((row) => row === document.activeElement);
  if (rows.length === 0 || (only && focused === -1)) return false;
  const at = focused === -1 ? rows.findIndex((row) => row.ariaCurrent === 'true') : focused;
  rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]!.focus();
  return true;
}
