/** A department's hours as a form has them, and back: times are "09:00", and the midnight that ends a day is "00:00". */
import type { Hours } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';

export const DAYS = [0, 1, 2, 3, 4, 5, 6];

export interface Stretch {
  opens: string;
  closes: string;
}

/** A date with stretches of its own; without any it is closed all day. */
export interface SpecialDay {
  /** What tells it apart while its date is being written: the date that is stored, a number for a new one. */
  id: string;
  date: string;
  spans: Stretch[];
}

export interface Table {
  zone: string;
  /** The stretches of each day, Monday first; none: closed. */
  week: Stretch[][];
  days: SpecialDay[];
}

export interface HoursFields {
  /** Null where it always answers. */
  table: Table | null;
}

const USUAL: Stretch = { opens: '09:00', closes: '18:00' };

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** Minutes after midnight of an end: 00:00 is the end of the day. */
const ending = (text: string): number => minutes(text) || 24 * 60;

const stretch = ({ opens, closes }: { opens: number; closes: number }): Stretch => ({
  opens: clock(opens),
  closes: clock(closes),
});

/** What somebody begins with who had no hours. */
export const office = (zone: string): Table => ({
  zone,
  week: DAYS.map((day) => (day < 5 ? [{ ...USUAL }] : [])),
  days: [],
});

let made = 0;

export const newDay = (): SpecialDay => ({ id: `${(made += 1)}`, date: '', spans: [] });

export function fieldsOf(hours: Hours | null): HoursFields {
  if (hours === null) return { table: null };
  const dates = new Map<string, Stretch[]>((hours.closed_days ?? []).map((date) => [date, []]));
  for (const { date, ...span } of hours.special_days ?? [])
    if (!hours.closed_days?.includes(date)) dates.set(date, [...(dates.get(date) ?? []), stretch(span)]);
  const days = [...dates].map(([date, spans]) => ({ id: date, date, spans }));
  return {
    table: {
      zone: hours.zone,
      week: DAYS.map((day) => hours.week.filter((span) => span.day === day).map(stretch)),
      days: days.sort((a, b) => a.date.localeCompare(b.date)),
    },
  };
}

/** What is sent of fields without mistakes. */
export function hoursOf({ table }: HoursFields): Hours | null {
  if (table === null) return null;
  const { zone, week, days } = table;
  const numbers = ({ opens, closes }: Stretch) => ({ opens: minutes(opens), closes: ending(closes) });
  return {
    zone,
    week: week.flatMap((spans, day) => spans.map((span) => ({ day, ...numbers(span) }))),
    closed_days: days.filter(({ spans }) => spans.length === 0).map(({ date }) => date),
    special_days: days.flatMap(({ date, spans }) => spans.map((span) => ({ date, ...numbers(span) }))),
  };
}

/** By the date under which each day is stored, what it is called here. */
export const datesOf = ({ table }: HoursFields): Map<string, string> =>
  new Map((table?.days ?? []).map(({ date, id }) => [date, id]));

/** "09:00–14:00, 16:00–20:00"; of none, that it is closed. */
export function spansInWords(spans: readonly Stretch[] = []): string {
  return spans.map(({ opens, closes }) => `${opens}–${closes}`).join(', ') || t('hours.closed');
}

/** What is wrong with the stretches of one day, in words; null where they can be. */
export function wrongIn(spans: Stretch[]): string | null {
  if (spans.some(({ opens, closes }) => opens === '' || closes === '')) return t('hours.incomplete');
  if (spans.some(({ opens, closes }) => ending(closes) <= minutes(opens))) return t('hours.backwards');
  const sorted = [...spans].sort((a, b) => minutes(a.opens) - minutes(b.opens));
  const overlap = sorted.some((span, at) => at > 0 && minutes(span.opens) < ending(sorted[at - 1]!.closes));
  return overlap ? t('hours.overlap') : null;
}

/** Messages by place for what the page itself can see: a day by its number, a date by "date" and its place. */
export function mistakesOf({ table }: HoursFields): Record<string, string> {
  const found: Record<string, string> = {};
  if (table === null) return found;
  const { zone, week, days } = table;
  if (zone === '') found.zone = t('field.empty');
  week.forEach((spans, day) => {
    const wrong = wrongIn(spans);
    if (wrong) found[day] = wrong;
  });
  days.forEach(({ date, spans }, at) => {
    const twice = days.some((other, place) => place < at && other.date === date);
    const wrong = date === '' ? t('hours.dateMissing') : twice ? t('hours.dateTwice') : wrongIn(spans);
    if (wrong) found[`date${at}`] = wrong;
  });
  return found;
}

/** A stretch to go on with after those of a day: the usual one, or four hours after a break of one. */
export function nextStretch(spans: Stretch[]): Stretch {
  const last = spans.at(-1);
  if (!last || last.closes === '') return { ...USUAL };
  const opens = Math.min(ending(last.closes) + 60, 23 * 60);
  return { opens: clock(opens), closes: clock(Math.min(opens + 240, 24 * 60)) };
}
