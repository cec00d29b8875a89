/** Times of a department's hours in words: days of the week, and moments by the wall clock of its zone. */
import { dates, timeOfDay } from '@recado/shared/i18n.ts';
import type { Locale } from '@recado/shared/wire.ts';

const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;

/** "Lunes", or short "Lun": Monday is 0. */
export function weekday(day: number, locale: Locale, weekday: 'long' | 'short' = 'long'): string {
  const name = dates(locale, { weekday, timeZone: 'UTC' }).format(MONDAY + day * DAY_MS);
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}

/** "Thursday, 24 December 2026" of "2026-12-24"; as it is typed where it is no date. */
export function dateInWords(date: string, locale: Locale): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(at)) return date;
  return dates(locale, { dateStyle: 'full', timeZone: 'UTC' }).format(at);
}

/** "18:00" today, "Monday, 09:00" within the week, else with its date. `at` and `now` in microseconds. */
export function whenIn(zone: string, at: number, now: number, locale: Locale): string {
  const day = (moment: number) =>
    Date.parse(new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short' }).format(moment / 1000)) / DAY_MS;
  const days = day(at) - day(now);
  const time: Intl.DateTimeFormatOptions = { ...timeOfDay(locale), timeZone: zone };
  const date: Intl.DateTimeFormatOptions =
    days === 0 ? {} : days < 7 ? { weekday: 'long' } : { day: 'numeric', month: 'long' };
  return dates(locale, { ...time, ...date }).format(at / 1000);
}
