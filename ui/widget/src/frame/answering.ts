/** When an answer may be expected, and of whom, in the visitor's words. */
import { clock, dates, daysBetween, timeOfDay } from '@recado/shared/i18n.ts';
import type { VisitState } from '@recado/shared/wire.ts';
import { locale, t } from './words.ts';

/** One line: how long an answer takes, else who is there; or when somebody will be there again. `now` in microseconds. */
export function answering(visit: VisitState, now: number): string {
  const { open, opens_at, within_s, text } = visit.answering;
  if (!open) return opens_at === null ? t('people.away') : t('opens', { when: moment(opens_at, now) });
  if (text !== '') return text;
  return within_s === null ? names(visit) : t('within', { time: duration(within_s) });
}

/** Who is there, by first names. */
export function names({ people }: VisitState): string {
  const [first, ...others] = people.map(({ name }) => name);
  if (first === undefined) return t('people.away');
  if (others.length === 0) return t('people.one', { name: first });
  const list = new Intl.ListFormat(locale(), { type: 'conjunction' });
  return t('people.many', { names: list.format([first, ...others]) });
}

/** "09:00" today, "Monday, 9:00 AM" within a week, else with the date. */
function moment(at: number, now: number): string {
  const days = daysBetween(now, at);
  if (days === 0) return clock(at, locale());
  const day = days < 7 ? {} : ({ day: 'numeric', month: 'long' } as const);
  return dates(locale(), { weekday: 'long', ...day, ...timeOfDay(locale()) }).format(at / 1000);
}

function duration(seconds: number): string {
  const [count, unit] = seconds < 3600 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long' }).format(Math.round(count));
}
