/** Short words about what has just happened: they leave by themselves, but not from under somebody's hand. */
import { ApiProblem } from '@recado/shared/api.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { speak } from '../src/state/language.svelte.ts';
import { notices } from '../src/state/notices.svelte.ts';

const told = (): string[] => notices.shown.map(({ text }) => text);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const { id } of notices.shown) notices.dismiss(id);
  vi.useRealTimers();
});

test('one leaves after its time, which is longer where it can be taken back', () => {
  notices.done('Saved');
  vi.advanceTimersByTime(5_000);
  expect(told()).toEqual([]);
  notices.done('Closed', () => undefined);
  vi.advanceTimersByTime(9_000);
  expect(told()).toEqual(['Closed']);
  vi.advanceTimersByTime(1_000);
  expect(told()).toEqual([]);
});

test('news that nothing else on the page tells of stay until they are seen to, or the page is one that does', () => {
  notices.news('A conversation', '/desk/1', true);
  notices.news('Another', '/desk/2', true);
  notices.done('Saved');
  vi.advanceTimersByTime(60_000);
  expect(told()).toEqual(['A conversation', 'Another']);
  notices.dismiss(notices.shown[0]!.id);
  notices.letGo();
  vi.advanceTimersByTime(9_000);
  expect(told()).toEqual(['Another']);
  vi.advanceTimersByTime(1_000);
  expect(told()).toEqual([]);
});

test('none leaves while somebody is at them, and each has its whole time again afterwards', () => {
  notices.warning('Too late');
  notices.done('Saved');
  notices.hold();
  notices.warning('Another');
  vi.advanceTimersByTime(60_000);
  expect(told()).toEqual(['Too late', 'Saved', 'Another']);
  notices.release();
  vi.advanceTimersByTime(5_000);
  expect(told()).toEqual(['Too late', 'Another']);
  vi.advanceTimersByTime(5_000);
  expect(told()).toEqual([]);
});

test('who sends the one away that was under their hand holds the others no longer', () => {
  notices.warning('Too late');
  notices.done('Saved');
  notices.hold();
  notices.dismiss(notices.shown[0]!.id);
  vi.advanceTimersByTime(5_000);
  expect(told()).toEqual([]);
});

test('what a button could not do speaks of nothing that was typed', async () => {
  await speak('en');
  for (const error of [new ApiProblem(0, 'offline'), new ApiProblem(500, 'unknown'), new Error('Broken')]) notices.failure(error);
  expect(told()).toHaveLength(3);
  expect(told().filter((text) => text.includes('typed'))).toEqual([]);
});
