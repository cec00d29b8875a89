/** Short words at the lower edge about something that has just happened; each leaves by itself. */
import { announce } from '@recado/shared/announce.svelte.ts';
import { explainDeed } from './problems.ts';

export interface Notice {
  id: number;
  text: string;
  /** What one has done oneself, what went wrong, or what others have done. */
  kind: 'done' | 'failure' | 'news';
  /** Takes back what happened, where that is cheap. */
  undo?: () => void;
  /** Whether that can still be taken back. */
  holds?: () => boolean;
  /** Where it leads. */
  path?: string;
  /** It does not leave by itself, where nothing else on the page tells of it. */
  stays?: boolean;
  /** What it is about: the next about the same comes in its place. */
  topic?: string;
}

const STAY_MS = 5_000;
const timers = new Map<number, ReturnType<typeof setTimeout>>();
let held = false;
let next = 1;
let shown = $state.raw<Notice[]>([]);

function show(text: string, kind: Notice['kind'], more: Omit<Notice, 'id' | 'text' | 'kind'> = {}): void {
  const notice = { id: next++, text, kind, ...more };
  if (more.topic) notices.withdraw(more.topic);
  // What was done before is past: its undoing must not be offered beside what was done since.
  shown = [...shown.filter((one) => kind !== 'done' || one.kind !== 'done').slice(-2), notice];
  announce(text);
  if (!held) leaveLater(notice);
}

function leaveLater({ id, kind, undo, path, stays }: Notice): void {
  clearTimeout(timers.get(id));
  if (stays) return;
  timers.set(
    id,
    setTimeout(() => notices.dismiss(id), kind === 'failure' || undo || path ? STAY_MS * 2 : STAY_MS),
  );
}

export const notices = {
  get shown(): Notice[] {
    return shown;
  },
  done: (text: string, undo?: () => void, holds?: () => boolean): void => show(text, 'done', { undo, holds }),
  /** Whether what it tells of can be taken back. */
  undoable: ({ undo, holds }: Notice): boolean => undo !== undefined && holds?.() !== false,
  news: (text: string, path?: string, stays = false): void => show(text, 'news', { path, stays }),
  /** What has gone wrong elsewhere, with the way to it: it stays until it is withdrawn or sent away. */
  trouble: (text: string, path: string, topic: string): void => show(text, 'failure', { path, topic, stays: true }),
  /** Whether one about this is there. */
  tells: (topic: string): boolean => shown.some((one) => one.topic === topic),
  /** What it was about is seen to. */
  withdraw(topic: string): void {
    for (const one of shown) if (one.topic === topic) notices.dismiss(one.id);
  },
  /** What stayed is now told of by the page itself: it leaves as the others do. */
  letGo(): void {
    shown = shown.map((one) => ({ ...one, stays: false }));
    if (!held) shown.forEach(leaveLater);
  },
  /** Takes back what the newest notice tells of that can be; false where there is none. */
  undo(id = shown.findLast(notices.undoable)?.id): boolean {
    const notice = shown.find((one) => one.id === id);
    if (!notice || !notices.undoable(notice)) return false;
    notices.dismiss(notice.id);
    notice.undo?.();
    return true;
  },
  warning: (text: string): void => show(text, 'failure'),
  /** What a button did not do. A form says itself what it could not. */
  failure: (error: unknown): void => show(explainDeed(error), 'failure'),
  dismiss(id: number): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    shown = shown.filter((one) => one.id !== id);
    notices.release();
  },
  /** While somebody is at them, none leaves. */
  hold(): void {
    held = true;
    for (const timer of timers.values()) clearTimeout(timer);
  },
  release(): void {
    if (held) shown.forEach(leaveLater);
    held = false;
  },
};
