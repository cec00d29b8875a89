/** A text that is more than letters, drawn as elements: fetched once there is one. */
import { read, type Piece } from '@recado/shared/marks.ts';

/** Puts a text into an element, in the place of what stands there. */
export function draw(into: HTMLElement, text: string): void {
  into.replaceChildren(...read(text).map(drawn));
}

function drawn({ text, href, strong, em, code }: Piece): Node | string {
  if (code) return codeOf(text, code === 'block');
  const words = href ? linkOf(text, href) : text;
  const slanted = em ? around('i', words) : words;
  return strong ? around('b', slanted) : slanted;
}

function around(name: 'i' | 'b', what: Node | string): HTMLElement {
  const element = document.createElement(name);
  element.append(what);
  return element;
}

function linkOf(text: string, href: string): HTMLElement {
  const link = document.createElement('a');
  Object.assign(link, { href, target: '_blank', rel: 'noopener noreferrer nofollow' });
  Object.assign(link.style, { color: 'inherit', textUnderlineOffset: '2px', outlineColor: 'currentColor' });
  link.append(text);
  return link;
}

function codeOf(text: string, block: boolean): HTMLElement {
  const code = document.createElement('code');
  Object.assign(code.style, {
    display: block ? 'block' : '',
    margin: block ? '4px 0' : '',
    padding: block ? '8px 10px' : '1px 4px',
    borderRadius: '6px',
    background: 'color-mix(in oklch, currentColor 10%, transparent)',
    fontSize: '0.9em',
  });
  code.append(text);
  return code;
}
