/** What an admin is told of a backlog before a department assigns it by itself. */
import type { Backlog } from '@recado/shared/wire.ts';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backlogWords } from '../src/features/settings/backlog.ts';
import { BacklogLook } from '../src/state/backlog.svelte.ts';
import { speak } from '../src/state/language.svelte.ts';

const operators = ['Ana Morales', 'Bruno Vega', 'Clara Ruiz', 'Sara Gil', 'Adela Soto'].map((name, at) => ({
  id: at + 1,
  name,
})) as unknown as Parameters<typeof backlogWords>[1];
const words = (waiting: number, given: number, to: number[]): string => backlogWords({ waiting, given, to }, operators);

let counted: Backlog;
let fails: boolean;
let asked: number;

beforeEach(async () => {
  await speak('en');
  vi.useFakeTimers();
  [counted, fails, asked] = [{ waiting: 9, given: 9, to: [1] }, false, 0];
  vi.stubGlobal('fetch', async (path: string) => {
    expect(path.endsWith('/departments/3/backlog')).toBe(true);
    asked += 1;
    if (fails) throw new TypeError('offline');
    return new Response(JSON.stringify(counted));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each([
  [[9, 9, [1, 2]], 'When you save, the 9 that wait are handed out at once. Available, with room: Ana Morales and Bruno Vega.'],
  [[1, 1, [5]], 'When you save, the one that waits is handed out at once. Available, with room: Adela Soto.'],
  [
    [9, 3, [1]],
    'When you save, 3 of the 9 that wait are handed out at once; the others wait until there is room. Available, with room: Ana Morales.',
  ],
  [[9, 9, [1, 2, 3, 4, 5]], 'When you save, the 9 that wait are handed out at once. Available, with room: 5 people.'],
  [[9, 9, [1, 77]], 'When you save, the 9 that wait are handed out at once. Available, with room: 2 people.'],
] as [Parameters<typeof words>, string][])('how many go to whom is a sentence: %j', (given, expected) => {
  expect(words(...given)).toBe(expected);
});

test('nobody who waits and nobody to give it to are said as well, and what is not known is not made up', () => {
  expect(words(0, 0, [1])).toContain('Nobody waits now');
  expect(words(4, 0, [])).toContain('4 wait, and there is nobody to give them to now');
  expect(backlogWords(null, operators)).toContain('all that waits in this department');
});

test('it is counted while it is wanted, again and again, and no number stays that could not be had', async () => {
  const look = new BacklogLook();
  let wanted = $state(false);
  const end = $effect.root(() => look.follow(3, () => wanted));
  flushSync();
  await vi.advanceTimersByTimeAsync(20_000);
  expect([asked, look.known]).toEqual([0, null]);
  wanted = true;
  flushSync();
  await vi.advanceTimersByTimeAsync(0);
  expect([asked, look.known?.given]).toEqual([1, 9]);
  counted = { waiting: 12, given: 2, to: [2] };
  await vi.advanceTimersByTimeAsync(5_000);
  expect(look.known).toEqual(counted);
  fails = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect([asked, look.known]).toEqual([3, null]);
  wanted = false;
  flushSync();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked).toBe(3);
  end();
});
