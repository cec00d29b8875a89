/**
 * The loader's elements: the launcher with its badge, and the box with the chat's frame.
 *
 * All lie in a closed shadow root, made by DOM calls and a constructed sheet alone: a site's policy may forbid setting HTML
 * from text, and inline styles. `!important` at the host element wins over whatever the page says, since among important
 * declarations the inner tree's go first.
 */
import type { Look } from '../protocol.ts';
import STYLE from './style.css?inline';

const SVG = 'http://www.w3.org/2000/svg';
const BUBBLE = 'M3 5h18v12h-9l-5 4v-4H3z';
const DOWN = 'm6 9 6 6 6-6';

/** As browsers have it: of what is no text they make one themselves, which saves the bytes. */
interface TakesAll {
  textContent: string | number | null;
  setAttribute(name: string, value: string | boolean): void;
}

export const host = document.createElement('recado-chat');
const root = host.attachShadow({ mode: 'closed' });
export const box = add(root, 'div');
export const frame = add(box, 'iframe') as HTMLIFrameElement;
export const launcher: HTMLElement & Pick<TakesAll, 'setAttribute'> = add(root, 'button');
const badge: Pick<HTMLElement, 'hidden'> & Pick<TakesAll, 'textContent'> = add(launcher, 'span');
const path = svg(svg(launcher, 'svg'), 'path');

/** Puts all into the page, unseen. In the top layer no transform or filter of the page's own elements reaches it. */
export function enter(): void {
  box.className = 'box';
  launcher.hidden = true;
  turn(false);
  document.documentElement.append(host);
  host.popover = 'manual';
  host.showPopover?.();
}

export function draw({ colour, ink, corner, scheme }: Look): void {
  host.dir = corner === 'left' ? 'rtl' : '';
  box.style.colorScheme = scheme;
  // What the chat begins with stands there before its page does.
  box.style.background = `linear-gradient(${colour} 74px,canvas 0)`;
  launcher.style.background = colour;
  launcher.style.color = ink;
  launcher.hidden = false;
  count(0);
  turn(false);
}

/** Shows launcher and box as open or closed. Where the page is zoomed, which no style undoes, so much smaller. */
export function turn(open: boolean): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${STYLE}:host{zoom:${1 / document.documentElement.currentCSSZoom}!important}`);
  root.adoptedStyleSheets = [sheet];
  box.hidden = !open;
  path.setAttribute('d', open ? DOWN : BUBBLE);
  launcher.setAttribute('aria-expanded', open);
}

/** The number of unread answers, for eyes and ears. The word is the same in all our languages. */
export function count(unread: number): void {
  badge.hidden = !unread;
  badge.textContent = unread > 9 ? '9+' : unread;
  launcher.setAttribute('aria-label', unread ? `Chat (${unread})` : 'Chat');
}

function add(parent: Node, tag: string): HTMLElement {
  return parent.appendChild(document.createElement(tag));
}

function svg(parent: Node, tag: string): Element {
  return parent.appendChild(document.createElementNS(SVG, tag));
}
