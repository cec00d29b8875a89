import type { Around } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { about, watch } from '../src/frame/around.ts';
import type { Session } from '../src/frame/session.ts';

const OPEN = { open: true, opens_at: null, within_s: null, text: '' };
let asked: string[];
let answers: (Partial<Around['answering']> | null)[];
let told: boolean[];
let session: Session;
let end: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  [asked, answers, told] = [[], [], []];
  const request = (_: string, path: string): Promise<Around> => {
    asked.push(path);
    const next = answers.shift();
    if (next === null) return Promise.reject(new Error('no network'));
    return Promise.resolve({ department: 'Ventas', people: [], blocked: false, answering: { ...OPEN, ...next } });
  };
  session = { request } as unknown as Session;
  end = watch(session, about('c1', 'Ventas'), (around) => told.push(around.answering.open));
});
afterEach(() => {
  end();
  vi.useRealTimers();
});

const inMs = (ms: number): number => (Date.now() + ms) * 1000;

test('who is there is asked at once and once a minute, of one conversation', async () => {
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toEqual(['/answering?conversation=c1&department=Ventas&locale=en']);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(told).toEqual([true, true, true]);
});

test('what was closed is open when its time has come, without the page being loaded anew', async () => {
  answers.push({ open: false, opens_at: inMs(70_000) });
  answers.push({ open: false, opens_at: inMs(70_000) });
  await vi.advanceTimersByTimeAsync(60_001);
  expect(told).toEqual([true, false]);
  answers.shift();
  await vi.advanceTimersByTimeAsync(11_000);
  expect(asked.length).toBe(3);
  expect(told).toEqual([true, false, true]);
});

test('hours that are set anew are followed within a minute, and a lost answer is asked for again', async () => {
  answers.push({ open: false, opens_at: inMs(9 * 3600_000) }, null);
  await vi.advanceTimersByTimeAsync(60_001);
  expect(told.at(-1)).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told.at(-1)).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told.at(-1)).toBe(true);
});

test('nothing is asked any more once it is called off, and a late answer is nobody’s', async () => {
  end();
  [asked.length, told.length] = [0, 0];
  const again = watch(session, 'locale=en', (around) => told.push(around.answering.open));
  again();
  await vi.advanceTimersByTimeAsync(200_000);
  expect(asked).toEqual(['/answering?locale=en']);
  expect(told).toEqual([]);
});
