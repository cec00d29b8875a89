/** The arrow keys in the picker, whose author has made a stop of every single emoji for the Tab key, and no way between them. */

/** Goes on from where the focus is; true where the key did something. */
export function arrowed(event: KeyboardEvent, root: ShadowRoot): boolean {
  const at = event.composedPath()[0] as HTMLElement;
  const found = at.matches('input') ? first(root, '[role=listbox].emoji-menu') : null;
  if (found !== null) return event.key === 'Enter' && chosen(found);
  const to = at.matches('.emoji-menu *') ? fromMenu(event, at, root) : fromAbove(event.key, at, root);
  to?.focus();
  return to !== null;
}

const first = (root: ShadowRoot, where: string): HTMLElement | null => root.querySelector<HTMLElement>(`${where} button`);
const tab = (root: ShadowRoot): HTMLElement | null =>
  root.querySelector<HTMLElement>('[role=tab][aria-selected=true]') ?? first(root, '.nav');

/** Whoever has found what they looked for presses Enter, and need not go there before. */
function chosen(found: HTMLElement): true {
  found.click();
  return true;
}

/** Down from the search to those used last, from their tabs to those of a group. */
function fromAbove(key: string, at: HTMLElement, root: ShadowRoot): HTMLElement | null {
  const tabbed = at.role === 'tab';
  if (key === 'ArrowUp') return tabbed ? first(root, '.favorites') : null;
  return key === 'ArrowDown' ? first(root, tabbed ? '.tabpanel' : '.favorites') : null;
}

function fromMenu(event: KeyboardEvent, at: HTMLElement, root: ShadowRoot): HTMLElement | null {
  const menu = at.closest('.emoji-menu')!;
  const recent = menu.matches('.favorites');
  const before = recent ? root.querySelector<HTMLElement>('#skintone-button') : tab(root);
  const after = recent ? tab(root) : root.querySelector('input');
  if (event.key === 'Tab') return event.shiftKey ? before : after;
  const all = [...menu.children] as HTMLElement[];
  const row = all.filter((one) => one.offsetTop === all[0]!.offsetTop).length;
  const place = all.indexOf(at);
  const steps = { ArrowLeft: place - 1, ArrowRight: place + 1, ArrowUp: place - row, ArrowDown: place + row };
  const to = { ...steps, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return null;
  if (event.key === 'ArrowUp' && to < 0) return recent ? root.querySelector('input') : before;
  if (event.key === 'ArrowDown' && recent) return after;
  return all[to] ?? at;
}
