/** Hours in a form: what is stored becomes fields and the same again, and what can be no hours is said. */
import { dates, timeOfDay } from '@recado/shared/i18n.ts';
import type { Hours } from '@recado/shared/wire.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { datesOf, fieldsOf, hoursOf, mistakesOf, newDay, nextStretch, office, wrongIn } from '../src/features/settings/hours-draft.ts';
import { weekday, whenIn } from '../src/features/settings/hours-words.ts';
import { findZones } from '../src/features/settings/zones.ts';
import { speak } from '../src/state/language.svelte.ts';
import { Rebased } from '../src/state/rebased.svelte.ts';

const HOURS: Hours = {
  zone: 'Europe/Madrid',
  week: [
    { day: 0, opens: 540, closes: 840 },
    { day: 0, opens: 960, closes: 1200 },
    { day: 4, opens: 1320, closes: 1440 },
  ],
  closed_days: ['2026-12-25'],
  special_days: [
    { date: '2026-12-24', opens: 540, closes: 780 },
    { date: '2026-12-24', opens: 900, closes: 960 },
  ],
};
const at = (text: string) => Date.parse(text) * 1000;

beforeAll(() => speak('en'));

describe('hours as fields', () => {
  it('are the same hours again', () => {
    expect(hoursOf(fieldsOf(HOURS))).toEqual(HOURS);
    expect(hoursOf(fieldsOf(null))).toBeNull();
  });

  it('put the dates in order, closed ones among the others, and write the end of a day as 00:00', () => {
    const fields = fieldsOf(HOURS).table!;
    expect(fields.days.map(({ date, spans }) => [date, spans.length])).toEqual([
      ['2026-12-24', 2],
      ['2026-12-25', 0],
    ]);
    expect(fields.week[4]).toEqual([{ opens: '22:00', closes: '00:00' }]);
    expect(fields.week[6]).toEqual([]);
  });

  it('begin with an office week in the zone of the page, where there were none', () => {
    const fields = { table: office('America/Lima') };
    expect(hoursOf(fields)).toMatchObject({ zone: 'America/Lima', closed_days: [], special_days: [] });
    expect(hoursOf(fields)?.week.map(({ day }) => day)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('hours that two admins write at once', () => {
  it('are both of theirs, day by day and date by date', () => {
    const draft = new Rebased(fieldsOf(HOURS));
    draft.mine.table!.week[5] = [nextStretch([])];
    draft.mine.table!.days = [...draft.mine.table!.days, { ...newDay(), date: '2027-01-06' }];
    const theirs = { ...HOURS, zone: 'UTC', closed_days: ['2026-12-25', '2027-01-01'] };
    draft.rebase(fieldsOf({ ...theirs, week: HOURS.week.filter(({ day }) => day !== 4) }));
    expect(draft.clashes).toEqual([]);
    const both = hoursOf(draft.mine)!;
    expect([both.zone, both.week.map(({ day }) => day)]).toEqual(['UTC', [0, 0, 5]]);
    expect([...both.closed_days!].sort()).toEqual(['2026-12-25', '2027-01-01', '2027-01-06']);
  });

  it('are said at the day, or the date, that both have written', () => {
    const draft = new Rebased(fieldsOf(HOURS));
    draft.mine.table!.week[0] = [];
    draft.mine.table!.days[0]!.spans = [];
    draft.rebase(fieldsOf({ ...HOURS, week: [{ day: 0, opens: 60, closes: 120 }], special_days: [] }));
    expect(draft.clashes).toEqual(['table.week.0', 'table.days.2026-12-24']);
    draft.take('table.week.0');
    draft.take('table.days.2026-12-24');
    expect(hoursOf(draft.mine)).toEqual({ ...HOURS, week: [{ day: 0, opens: 60, closes: 120 }], special_days: [] });
    expect([draft.clashes, draft.changed]).toEqual([[], false]);
  });

  it('hold one day where that is typed on while it is being saved', async () => {
    const draft = new Rebased(fieldsOf(HOURS), [], datesOf);
    const [made, known] = [{ ...newDay(), date: '2027-01-06' }, draft.mine.table!.days[0]!.id];
    draft.mine.table!.days = [...draft.mine.table!.days, made];
    draft.mine.table!.days[0]!.date = '2026-12-23';
    await draft.save(async () => {
      const sent = hoursOf(draft.mine);
      draft.mine.table!.days.at(-1)!.spans = [nextStretch([])];
      draft.mine.table!.days[0]!.spans = [];
      draft.rebase(fieldsOf(sent));
    }, () => Promise.resolve());
    expect(draft.clashes).toEqual([]);
    const named = draft.mine.table!.days.filter(({ id }) => id === made.id || id === known);
    expect(named.map(({ date, spans }) => [date, spans.length])).toEqual([['2026-12-23', 0], ['2027-01-06', 1]]);
    draft.rebase(fieldsOf({ ...hoursOf(draft.mine)!, closed_days: ['2026-12-23', '2026-12-24'] }));
    const ids = draft.mine.table!.days.map(({ id }) => id);
    expect(new Set(ids).size, 'the date that a day had before may be another day').toBe(ids.length);
  });

  it('are said as a whole where one of the two has put them away', () => {
    const draft = new Rebased(fieldsOf(HOURS));
    draft.mine.table!.week[0] = [];
    draft.rebase(fieldsOf(null));
    expect(draft.clashes).toEqual(['table']);
    expect(hoursOf(draft.mine)?.zone).toBe('Europe/Madrid');
    const away = new Rebased(fieldsOf(HOURS));
    away.mine.table = null;
    away.rebase(fieldsOf({ ...HOURS, zone: 'UTC' }));
    expect(away.clashes).toEqual(['table']);
  });
});

describe('what can be no hours', () => {
  it.each([
    [[{ opens: '10:00', closes: '09:00' }], 'It closes before'],
    [[{ opens: '', closes: '09:00' }], 'A time is missing'],
    [
      [
        { opens: '12:00', closes: '14:00' },
        { opens: '09:00', closes: '12:01' },
      ],
      'overlap',
    ],
  ])('is said of the day it is in', (spans, words) => {
    expect(wrongIn(spans)).toContain(words);
  });

  it('is nothing where stretches touch, or end at midnight', () => {
    expect(wrongIn([{ opens: '09:00', closes: '12:00' }, { opens: '12:00', closes: '00:00' }])).toBeNull();
  });

  it('is a date that is missing, or there twice', () => {
    const days = ['2026-12-25', '2026-12-25', ''].map((date) => ({ ...newDay(), date }));
    expect(mistakesOf({ table: { ...office('UTC'), days } })).toEqual({
      date1: 'That date is there already.',
      date2: 'The date is missing.',
    });
    expect(mistakesOf({ table: null })).toEqual({});
  });
});

it('another stretch follows the last one and stays within its day', () => {
  expect(nextStretch([{ opens: '09:00', closes: '14:00' }])).toEqual({ opens: '15:00', closes: '19:00' });
  expect(nextStretch([{ opens: '09:00', closes: '21:30' }])).toEqual({ opens: '22:30', closes: '00:00' });
});

it('a moment is told by the wall clock of the zone, as near as it is', () => {
  const now = at('2026-11-26T20:00:00Z');
  expect(whenIn('Europe/Madrid', at('2026-11-26T21:00:00Z'), now, 'es')).toBe('22:00');
  expect(whenIn('Europe/Madrid', at('2026-11-30T08:00:00Z'), now, 'es')).toBe('lunes, 09:00');
  expect(whenIn('Europe/Madrid', at('2027-01-04T08:00:00Z'), now, 'es')).toContain('4 de enero');
  // In Auckland it is the next day already.
  expect(whenIn('Pacific/Auckland', at('2026-11-27T02:00:00Z'), now, 'en')).not.toContain('day');
  const time = dates('en', { ...timeOfDay('en'), timeZone: 'UTC' }).format(Date.parse('2026-11-30T08:00:00Z'));
  expect(time).not.toContain('08:00 AM');
  expect(whenIn('UTC', at('2026-11-30T08:00:00Z'), now, 'en')).toContain(time);
  expect([weekday(0, 'es'), weekday(6, 'en')]).toEqual(['Lunes', 'Sunday']);
});

it('a zone is found by a city, without its underscores and accents', () => {
  const zones = ['America/Argentina/Buenos_Aires', 'America/Sao_Paulo', 'Europe/Madrid', 'Europe/Paris'];
  expect(findZones(zones, 'buenos aires')).toEqual(['America/Argentina/Buenos_Aires']);
  expect(findZones(zones, 'São')).toEqual(['America/Sao_Paulo']);
  expect(findZones(zones, '')).toEqual(zones);
  expect(findZones(zones, 'atlantis')).toEqual([]);
});
