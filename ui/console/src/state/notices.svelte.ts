/** Short words at the lower edge about something that has just happened; each leaves by itself. */
import { announce } from '@recado/shared/announce.svelte.ts';
import { explain } from './problems.ts';

export interface Notice {
  id: number;
  text: string;
  kind: 'done' | 'failure';
  /** Takes back what happened, where that is cheap. */
  undo?: () => void;
}

const STAY_MS = 5_000;
let next = 1;
let shown = $state.raw<Notice[]>([]);

function show(text: string, kind: Notice['kind'], undo?: () => void): void {
  const id = next++;
  // What was done before is past: its undoing must not be offered beside what was done since.
  shown = [...shown.filter((one) => kind === 'failure' || one.kind === 'failure').slice(-2), { id, text, kind, undo }];
  announce(text);
  setTimeout(() => notices.dismiss(id), kind === 'failure' || undo ? STAY_MS * 2 : STAY_MS);
}

export const notices = {
  get shown(): Notice[] {
    return shown;
  },
  done: (text: string, undo?: () => void): void => show(text, 'done', undo),
  /** Takes back what the newest notice tells of that can be; false where there is none. */
  undo(id = shown.findLast((one) => one.undo)?.id): boolean {
    const notice = shown.find((one) => one.id === id);
    if (!notice?.undo) return false;
    notices.dismiss(notice.id);
    notice.undo();
    return true;
  },
  warning: (text: string): void => show(text, 'failure'),
  failure: (error: unknown): void => show(explain(error), 'failure'),
  dismiss(id: number): void {
    shown = shown.filter((one) => one.id !== id);
  },
};
