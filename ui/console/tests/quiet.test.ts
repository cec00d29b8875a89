/** When somebody is not to be disturbed: until they have said, and in the quiet hours of where they are. */
import type { Quiet } from '@recado/shared/wire.ts';
import { expect, test } from 'vitest';
import { BUILT_IN } from '../src/state/choices.svelte.ts';
import { isSilent } from '../src/state/quiet.ts';

const NIGHT: Quiet = { start: 22 * 60, end: 8 * 60, days: [0, 1, 2, 3, 4] };
const at = (iso: string): number => Date.parse(iso) * 1000;
const silent = (quiet: Quiet, when: string, zone: string | null = 'UTC'): boolean =>
  isSilent({ ...BUILT_IN, zone, choices: { ...BUILT_IN.choices, quiet } }, at(when));

test('over midnight they last into the next day, of the days on which they begin', () => {
  // 2026-11-23 is a Monday.
  const moments = ['2026-11-23T21:59Z', '2026-11-23T22:00Z', '2026-11-24T07:59Z', '2026-11-24T08:00Z', '2026-11-28T03:00Z', '2026-11-28T23:00Z', '2026-11-23T03:00Z'];
  expect(moments.map((moment) => silent(NIGHT, moment))).toEqual([false, true, true, false, true, false, false]);
});

test('within a day they end on it', () => {
  const siesta: Quiet = { start: 14 * 60, end: 16 * 60, days: [6] };
  expect(['2026-11-22T13:59Z', '2026-11-22T14:00Z', '2026-11-22T16:00Z', '2026-11-23T15:00Z'].map((moment) => silent(siesta, moment))).toEqual([false, true, false, false]);
});

test('they go by the clock of where somebody is', () => {
  expect([silent(NIGHT, '2026-11-24T01:30Z', 'America/Lima'), silent(NIGHT, '2026-11-24T03:30Z', 'America/Lima')]).toEqual([false, true]);
  expect(silent(NIGHT, '2026-11-24T03:30Z', null)).toBe(true);
});

test('who has asked for quiet has it until then', () => {
  const until = { ...BUILT_IN, dnd_until: at('2026-11-24T10:00Z') };
  expect([isSilent(until, at('2026-11-24T09:59Z')), isSilent(until, at('2026-11-24T10:00Z'))]).toEqual([true, false]);
});
