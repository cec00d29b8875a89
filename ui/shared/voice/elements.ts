/** What a recording and a player are made of, drawn the same way on both pages. */
import { make } from '../make.ts';

const PATHS = {
  bin: 'M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12M10.5 10.5v5M13.5 10.5v5',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.5v13l11-6.5Z',
  mic: 'M9.5 6.5a2.5 2.5 0 0 1 5 0v5a2.5 2.5 0 0 1-5 0Zm-3 5a5.5 5.5 0 0 0 11 0M12 17v3',
  stop: 'M7 7h10v10H7Z',
  send: 'M5 12h13m-5-5.5 5.5 5.5-5.5 5.5',
  save: 'M12 5v10m-4-4 4 4 4-4M6 19h12',
  retry: 'M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5',
  cross: 'm7 7 10 10M17 7 7 17',
};
export type IconName = keyof typeof PATHS;
const FILLED: readonly IconName[] = ['play', 'stop'];

const svg = (name: 'svg' | 'path'): SVGElement => document.createElementNS('http://www.w3.org/2000/svg', name);

/** A line icon; decorative. */
export function icon(name: IconName): SVGElement {
  const [picture, path] = [svg('svg'), svg('path')];
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('aria-hidden', 'true');
  picture.setAttribute('class', FILLED.includes(name) ? 'icon filled' : 'icon');
  path.setAttribute('d', PATHS[name]);
  picture.append(path);
  return picture;
}

/** A button with nothing but an icon to be seen. */
export function iconButton(name: IconName, label: string, press: () => void, className = ''): HTMLButtonElement {
  const button = make('button', { type: 'button', ariaLabel: label, title: label, className }, icon(name));
  button.onclick = press;
  return button;
}

/** A button with a word to be read. */
export function wordButton(text: string, press: () => void, className = ''): HTMLButtonElement {
  const button = make('button', { type: 'button', className: `word ${className}` }, text);
  button.onclick = press;
  return button;
}

/** Gives a button another icon and another word, where they are others. */
export function become(button: HTMLButtonElement, name: IconName, label: string): void {
  if (button.ariaLabel === label) return;
  button.ariaLabel = button.title = label;
  button.replaceChildren(icon(name));
}

export const BAR_PX = 4;
const TALL = 28;

/** Upright bars, `levels` from 0 to 1; as many as there are, each of 4 units. */
export function barsOf(className: string): { picture: SVGElement; path: SVGElement } {
  const [picture, path] = [svg('svg'), svg('path')];
  picture.setAttribute('class', className);
  picture.setAttribute('aria-hidden', 'true');
  picture.append(path);
  return { picture, path };
}

export function drawBars(path: SVGElement, levels: readonly number[]): void {
  const lines = levels.map((level, index) => {
    const half = 0.5 + Math.min(1, level) * (TALL / 2 - 2);
    return `M${index * BAR_PX + 2} ${(TALL / 2 - half).toFixed(1)}v${(half * 2).toFixed(1)}`;
  });
  path.setAttribute('d', lines.join(''));
}
