import { expect, test } from 'vitest';
import DEEDS from '@recado/shared/deeds.json';
import { abilitiesOf, modeOf, obstacleTo, type Abilities } from '../src/state/abilities.ts';
import type { ConversationRow } from '@recado/shared/wire.ts';
import { minuteOf, isoMinute } from '../src/features/desk/days.ts';
import { mayLookIn, pauseTimes } from '../src/features/desk/doing.ts';
import type { Desk } from '../src/state/desk.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { ANA, attended, BRUNO, desk, row, RULES } from './world.ts';

type Deeds = (keyof Abilities)[];
const offered = (all: Abilities): Deeds => (Object.keys(all) as Deeds).filter((one) => all[one]);

test.each(DEEDS.map((one) => [one.who, one.name, one] as const))('%s is offered of one that is %s what the server does', (_who, _name, one) => {
  const of = row(1, { status: one.status as ConversationRow['status'], operator: one.operator });
  const against = (deed: keyof Abilities) => obstacleTo(deed, of, { full: one.full, blocked: one.blocked, otherOpen: one.other_open });
  const all = offered(abilitiesOf(of, one.me, one.lookers, one.inside));
  const hindered = all.flatMap((deed) => (against(deed) === null ? [] : [[deed, against(deed)]]));
  expect(all.filter((deed) => against(deed) === null)).toEqual(one.done);
  expect(Object.fromEntries(hindered)).toEqual(one.hindered);
});

test('who looks in writes notes alone, moves it as its supervisor, and can look away', () => {
  const abilities = abilitiesOf(attended(1, ANA), BRUNO, [BRUNO]);
  expect(offered(abilities)).toEqual(['transfer', 'release', 'lookAway']);
  expect([modeOf(abilities, 'answer'), modeOf(abilities, 'note')]).toEqual(['note', 'note']);
  expect(modeOf(abilitiesOf(row(1), ANA, []), 'answer')).toBe('answer');
});

test('looking in is offered where it is known to be allowed, and never on a guess', () => {
  session.me = { ...desk([]).me, role: 'supervisor' };
  const rules = (...allowed: boolean[]) => new Map(allowed.map((look_in, at) => [at + 1, { ...RULES, look_in }]));
  const may = (department: number | null, ...allowed: boolean[]): boolean =>
    mayLookIn({ open: { phase: 'taken', department }, model: { rules: rules(...allowed) } } as unknown as Desk);
  expect([may(1, true, false), may(2, true, false), may(3, true, true)]).toEqual([true, false, false]);
  expect([may(null, true, true), may(null, true, false), may(null)]).toEqual([true, false, false]);
  session.me = desk([]).me;
  expect(may(1, true)).toBe(false);
});

const local = (...parts: [number, number, number, number]): number => new Date(...parts).getTime() * 1000;

test('a pause ends at an hour of the reader\'s own day, and never in the past', () => {
  const friday = pauseTimes(local(2026, 10, 20, 10));
  expect(friday.map(({ label }) => label)).toEqual(['pause.hour', 'pause.afternoon', 'pause.tomorrow', 'pause.monday']);
  expect(friday.map(({ until }) => until)).toEqual([
    local(2026, 10, 20, 11),
    local(2026, 10, 20, 16),
    local(2026, 10, 21, 9),
    local(2026, 10, 23, 9),
  ]);
  expect(pauseTimes(local(2026, 10, 20, 17)).map(({ label }) => label)).not.toContain('pause.afternoon');
  const sunday = pauseTimes(local(2026, 10, 22, 10)).map(({ label }) => label);
  expect([sunday.includes('pause.monday'), sunday.includes('pause.tomorrow')]).toEqual([false, true]);
  expect(pauseTimes(local(2026, 10, 23, 10)).at(-1)!.until).toBe(local(2026, 10, 30, 9));
});

test('a field for date and time is read as it was written', () => {
  const at = local(2026, 0, 5, 9);
  expect(isoMinute(at)).toBe('2026-01-05T09:00');
  expect(minuteOf(isoMinute(at))).toBe(at);
  expect([minuteOf(''), minuteOf('2026-01-05')]).toEqual([null, null]);
});
