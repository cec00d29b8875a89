import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { follow } from './follow.ts';
import { closeKeep, openKeep } from './keep.ts';

const about = { place: 'here', type: 'audio/webm', ms: 1_000, peaks: [], at: 1, handed: true };
const ids = async (): Promise<string[]> => (await (await openKeep()).list('')).map(({ id }) => id);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('indexedDB', undefined);
  closeKeep();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  closeKeep();
});

async function handed(id: string, message: { there: () => boolean; stored?: () => boolean }): Promise<() => unknown> {
  const lost = vi.fn();
  await (await openKeep()).put({ ...about, id });
  follow(id, { stored: () => false, lost, ...message });
  return lost;
}

test('a recording goes with its message, and is there as long as that is on its way', async () => {
  let there = true;
  const lost = await handed('a', { there: () => there });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await ids()).toEqual(['a']);
  there = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect([await ids(), vi.mocked(lost).mock.calls]).toEqual([[], []]);
});

test('one whose message was lost is offered again, and not before the page can know its messages', async () => {
  const lost = await handed('b', { there: () => false });
  await vi.advanceTimersByTimeAsync(8_000);
  expect(lost).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([vi.mocked(lost).mock.calls.length, await ids()]).toEqual([1, ['b']]);
});

test('one whose message the server has goes, though nobody saw that leave', async () => {
  const lost = await handed('c', { there: () => false, stored: () => true });
  await vi.advanceTimersByTimeAsync(5_000);
  expect([await ids(), vi.mocked(lost).mock.calls]).toEqual([[], []]);
});
