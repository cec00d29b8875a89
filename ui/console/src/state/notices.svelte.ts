/** Short words at the lower edge about something that has just happened; each leaves by itself. */
import { announce } from '@recado/shared/announce.svelte.ts';
import { explain } from './problems.ts';

export interface Notice {
  id: number;
  text: string;
  kind: 'done' | 'failure';
}

const STAY_MS = 5_000;
let next = 1;
let shown = $state.raw<Notice[]>([]);

function show(text: string, kind: Notice['kind']): void {
  const id = next++;
  shown = [...shown.slice(-2), { id, text, kind }];
  announce(text);
  setTimeout(() => notices.dismiss(id), kind === 'failure' ? STAY_MS * 2 : STAY_MS);
}

export const notices = {
  get shown(): Notice[] {
    return shown;
  },
  done: (text: string): void => show(text, 'done'),
  warning: (text: string): void => show(text, 'failure'),
  failure: (error: unknown): void => show(explain(error), 'failure'),
  dismiss(id: number): void {
    shown = shown.filter((one) => one.id !== id);
  },
};
