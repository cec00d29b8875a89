/** What is read out of a recording and of what becomes of it: a region of its own, come with the first one. */
import { make } from '@recado/shared/make.ts';

const region = make('div', { className: 'unseen', role: 'status' });

export function announce(text: string): void {
  document.body.append(region);
  region.textContent = text;
}
