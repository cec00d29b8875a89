/** What an admin is told of a backlog before a department assigns it by itself. */
import type { Assignment, Backlog } from '@recado/shared/wire.ts';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backlogWords } from '../src/features/settings/backlog.ts';
import { BacklogLook } from '../src/state/backlog.svelte.ts';
import { speak } from '../src/state/language.svelte.ts';

const operators = ['Ana Morales', 'Bruno Vega', 'Clara Ruiz', 'Sara Gil', 'Adela Soto'].map((name, at) => ({
  id: at + 1,
  name,
})) as unknown as Parameters<typeof backlogWords>[1];
const ADELA = 5;
const words = (waiting: number, ...to: [number, number][]): string =>
  backlogWords({ waiting, to: to.map(([operator, count]) => ({ operator, count })) }, operators, ADELA);

let counted: Backlog;
let fails: boolean;
let asked: number;
let rules: string[];

beforeEach(async () => {
  await speak('en');
  vi.useFakeTimers();
  rules = [];
  [counted, fails, asked] = [{ waiting: 9, to: [{ operator: 1, count: 9 }] }, false, 0];
  vi.stubGlobal('fetch', async (path: string) => {
    rules.push(path.split('/departments/3/backlog?rule=')[1] ?? path);
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
  [[9, [2, 5], [1, 3], [5, 1]], 'When you save, the 9 that wait are handed out at once: 5 to Bruno Vega, 3 to Ana Morales, and 1 to you.'],
  [[1, [2, 1]], 'When you save, the one that waits is given at once to Bruno Vega.'],
  [[9, [1, 3]], 'When you save, 3 of the 9 that wait are handed out at once: 3 to Ana Morales. The others wait until there is room.'],
  [[9, [5, 1]], 'When you save, one of the 9 that wait is given at once to you. The others wait until there is room.'],
  [[9, [1, 5], [2, 1], [3, 1], [4, 1], [5, 1]], 'When you save, the 9 that wait are handed out at once: among 5 people.'],
  [[9, [1, 8], [77, 1]], 'When you save, the 9 that wait are handed out at once: 8 to Ana Morales and 1 to a colleague.'],
] as [Parameters<typeof words>, string][])('how many go to whom is a sentence: %j', (given, expected) => {
  expect(words(...given)).toBe(expected);
});

test('nobody who waits and nobody to give it to are said as well, and what is not known is not made up', () => {
  expect(words(0)).toContain('Nobody waits now');
  expect(words(4)).toContain('4 wait, and there is nobody to give them to now');
  expect(backlogWords(null, operators, ADELA)).toContain('all that waits in this department');
});

test('it is counted while it is wanted, again and again, and no number stays that could not be had', async () => {
  const look = new BacklogLook();
  let wanted = $state<Assignment>('manual');
  const end = $effect.root(() => look.follow(3, () => wanted));
  flushSync();
  await vi.advanceTimersByTimeAsync(20_000);
  expect([asked, look.known]).toEqual([0, null]);
  wanted = 'round_robin';
  flushSync();
  await vi.advanceTimersByTimeAsync(0);
  expect([asked, look.known?.waiting]).toEqual([1, 9]);
  counted = { waiting: 12, to: [{ operator: 2, count: 2 }] };
  await vi.advanceTimersByTimeAsync(5_000);
  expect(look.known).toEqual(counted);
  fails = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect([asked, look.known]).toEqual([3, null]);
  wanted = 'manual';
  flushSync();
  await vi.advanceTimersByTimeAsync(20_000);
  expect([asked, ...new Set(rules)]).toEqual([3, 'round_robin']);
  end();
});
