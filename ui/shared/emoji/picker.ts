/**
 * The picker of emoji over a box where one writes: opened by a button, gone with Esc, with a choice, or with what is done elsewhere.
 *
 * Fetched when it is first opened. It brings its own styles as sheets, which our policy allows, and no text from anywhere else.
 */
import en from 'emoji-picker-element/i18n/en.js';
import es from 'emoji-picker-element/i18n/es.js';
import pt from 'emoji-picker-element/i18n/pt_BR.js';
import Picker from 'emoji-picker-element/picker.js';
import type { Locale } from '../wire.ts';
import { arrowed } from './keys.ts';
import { inside, outside } from './look.ts';
import type { Recent } from './recent.ts';
import { Shelf } from './shelf.ts';

const WORDS = { es, en, pt };
/** Closes the one that is open. */
let close: ((back: boolean) => void) | null = null;
let opener: HTMLElement | null = null;

/** Opens the picker above the form that the button stands in, or closes it; what is chosen comes into the box at its caret. */
export function togglePicker(button: HTMLElement, box: HTMLTextAreaElement, locale: Locale, recent: Recent): void {
  const again = opener === button && button.isConnected;
  close?.(again);
  // The form may have gone while the picker was fetched.
  if (!again && button.isConnected) open(button, box, locale, recent);
}

function open(button: HTMLElement, box: HTMLTextAreaElement, locale: Locale, recent: Recent): void {
  const props = { locale, dataSource: '', i18n: WORDS[locale], database: new Shelf(locale, recent) };
  const picker = new Picker(props);
  const root = picker.shadowRoot!;
  const watching = new AbortController();
  const { signal } = watching;
  const end = (back: boolean): void => {
    watching.abort();
    picker.remove();
    button.ariaExpanded = 'false';
    close = opener = null;
    if (back) box.focus();
  };
  close = end;
  opener = button;
  dress(root);
  picker.role = 'dialog';
  picker.ariaLabel = WORDS[locale].regionLabel;
  picker.tabIndex = -1;
  button.closest('form')!.append(picker);
  button.ariaExpanded = 'true';
  fit(picker);
  // Those used last stand before all others, for the eye and for the keyboard alike.
  root.querySelector('.nav')!.before(root.querySelector('.favorites')!);

  picker.addEventListener('emoji-click', ({ detail }) => {
    end(true);
    if (detail.unicode) insert(detail.unicode, box);
  });
  picker.addEventListener('keydown', (event) => keyed(event as KeyboardEvent, root, () => end(true)));
  // What is typed here is not for the keys of the page.
  for (const name of ['keydown', 'keyup'] as const) picker.addEventListener(name, (event) => event.stopPropagation());
  picker.addEventListener('focusout', (event) => {
    const to = (event as FocusEvent).relatedTarget;
    if (to instanceof Node && !picker.contains(to) && to !== button) end(false);
  });
  const away = (event: Event): void => {
    if (!event.composedPath().some((one) => one === picker || one === button)) end(false);
  };
  document.addEventListener('pointerdown', away, { capture: true, signal });
  addEventListener('resize', () => fit(picker), { signal });
  // Under a finger the search would bring the keyboard up, over what was asked for.
  const first = matchMedia('(pointer: coarse)').matches ? picker : root.querySelector('input')!;
  first.focus();
}

function dress(root: ShadowRoot): void {
  if (!document.adoptedStyleSheets.includes(outside)) document.adoptedStyleSheets.push(outside);
  root.adoptedStyleSheets.push(inside);
}

/** As many beside each other as there is room for. */
function fit(picker: HTMLElement): void {
  const probe = picker.shadowRoot!.querySelector<HTMLElement>('.baseline-emoji')!;
  const row = picker.shadowRoot!.querySelector<HTMLElement>('.favorites')!;
  picker.style.setProperty('--num-columns', `${Math.max(1, Math.floor(row.clientWidth / probe.offsetWidth))}`);
}

function keyed(event: KeyboardEvent, root: ShadowRoot, leave: () => void): void {
  if (event.isComposing) return;
  if (event.key === 'Escape') leave();
  else if (!arrowed(event, root)) return;
  event.preventDefault();
}

/** In the place of what is marked in the box, as if it had been typed: it can be undone. */
function insert(unicode: string, box: HTMLTextAreaElement): void {
  if (document.execCommand('insertText', false, unicode)) return;
  box.setRangeText(unicode, box.selectionStart, box.selectionEnd, 'end');
  box.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
