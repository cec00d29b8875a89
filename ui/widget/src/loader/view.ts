/**
 * The loader's elements: launcher with badge, notice of a new answer, and the box that the chat's frame goes into.
 *
 * All lie in a closed shadow root, made by DOM calls and a constructed sheet alone: a site's policy may forbid setting HTML
 * from text, and inline styles. `!important` at the host element wins over whatever the page says, since among important
 * declarations the inner tree's go first.
 */
import STYLE from './style.css?inline';
import type { Words } from './words.ts';

const SVG = 'http://www.w3.org/2000/svg';
const BUBBLE = 'M12 4c-4.7 0-8.5 3.1-8.5 7 0 2.2 1.2 4.2 3.2 5.5L6 20l4-2.2 2 .2c4.7 0 8.5-3.1 8.5-7S16.7 4 12 4Z';
const DOWN = 'm6 9 6 6 6-6';
const CROSS = 'm7 7 10 10M17 7 7 17';

export interface View {
  readonly box: HTMLElement;
  readonly launcher: HTMLElement;
  /** Shows the launcher and the box as open or closed. */
  readonly show: (open: boolean) => void;
  /** The badge, and the notice where there is a text. */
  readonly notice: (count: number, name: string, text: string) => void;
  readonly remove: () => void;
}

export function draw(colour: string, words: Words, toggle: () => void): View {
  const host = document.createElement('recado-chat');
  const root = host.attachShadow({ mode: 'closed' });
  dress(root);
  const box = add(root, 'div', 'box');
  const tip = add(root, 'div', 'tip');
  const launcher = add(root, 'button', 'go');
  const badge = add(launcher, 'span', 'n');
  const path = icon(launcher);
  launcher.style.background = colour;
  launcher.style.color = inkOn(colour);
  launcher.onclick = toggle;
  tip.setAttribute('role', 'status');
  const label = (text: string): void => launcher.setAttribute('aria-label', text);
  const show = (open: boolean): void => {
    box.hidden = !open;
    path.setAttribute('d', open ? DOWN : BUBBLE);
    launcher.setAttribute('aria-expanded', String(open));
    label(words[open ? 1 : 0]);
    if (open) tip.hidden = true;
  };
  const notice = (count: number, name: string, text: string): void => {
    badge.hidden = !count;
    badge.textContent = count > 9 ? '9+' : String(count);
    if (!box.hidden) return;
    label(words[0] + (count ? ` (${count})` : ''));
    tip.hidden = !count || !text;
    tip.textContent = '';
    if (!tip.hidden) fill(tip, name, text, words[2], toggle);
  };
  show(false);
  notice(0, '', '');
  place(host);
  return { box, launcher, show, notice, remove: () => host.remove() };
}

function fill(tip: HTMLElement, name: string, text: string, hide: string, toggle: () => void): void {
  const open = add(tip, 'button', '');
  add(open, 'b', '').textContent = name;
  add(open, 'i', '').textContent = text;
  open.onclick = toggle;
  const close = add(tip, 'button', '');
  close.setAttribute('aria-label', hide);
  icon(close).setAttribute('d', CROSS);
  close.onclick = () => {
    tip.hidden = true;
  };
}

/** In the top layer no transform or filter of the page's own elements reaches it; older browsers go by z-index. */
function place(host: HTMLElement): void {
  document.documentElement.append(host);
  host.popover = 'manual';
  host.showPopover?.();
}

/** White where it reaches 4.5:1 on the colour, else black; the frame's `ink.ts` at length, here with gamma 2.2. */
export function inkOn(colour: string): string {
  const value = parseInt(colour.slice(1), 16);
  const light = (shift: number): number => (((value >> shift) & 255) / 255) ** 2.2;
  return 0.2126 * light(16) + 0.7152 * light(8) + 0.0722 * light(0) < 0.18 ? '#fff' : '#000';
}

function dress(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    add(root, 'style', '').textContent = STYLE;
  }
}

function add(parent: Node, tag: string, name: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  return parent.appendChild(element);
}

/** Adds an icon and gives its path, for what it shows. */
function icon(parent: Node): Element {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  parent.appendChild(svg);
  return svg.appendChild(document.createElementNS(SVG, 'path'));
}
