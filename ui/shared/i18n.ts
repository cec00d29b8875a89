/**
 * Words, numbers and times in the reader's language, without any framework.
 *
 * A catalogue maps flat keys to sentences with `{name}` places, or to `{one, other}` where a `{count}` decides.
 */
import type { Locale } from './wire.ts';

export const LOCALES: readonly Locale[] = ['es', 'en', 'pt'];

export type Sentence = string | { one: string; other: string };
export type Catalogue = Record<string, Sentence>;
export type Params = Record<string, string | number>;

/** The first of the browser's languages that we speak, or English. */
export function pickLocale(preferred: readonly string[]): Locale {
  const spoken = preferred.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find((tag): tag is Locale => LOCALES.includes(tag as Locale)) ?? 'en';
}

/** The sentence with its places filled in. A place without a value stays visible, so that it is noticed. */
export function fill(sentence: Sentence, locale: Locale, params: Params = {}): string {
  const chosen = typeof sentence === 'string' ? sentence : sentence[plural(locale, Number(params.count))];
  return chosen.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = params[name];
    if (value === undefined) return place;
    return typeof value === 'number' ? number(value, locale) : value;
  });
}

/** None is written as several are: "0 mensagens", where the rules of Portuguese would have "0 mensagem". */
function plural(locale: Locale, count: number): 'one' | 'other' {
  if (count === 0) return 'other';
  return formatter(Intl.PluralRules, locale).select(count) === 'one' ? 'one' : 'other';
}

export function number(value: number, locale: Locale): string {
  return formatter(Intl.NumberFormat, locale).format(value);
}

/** A time of day as everything writes it: "09:06", in English "9:06 AM", wherever it stands. */
export function timeOfDay(locale: Locale): Intl.DateTimeFormatOptions {
  return { hour: locale === 'en' ? 'numeric' : '2-digit', minute: '2-digit' };
}

/** 10:06 or 4:16 PM, as the reader's language writes it. `at` in microseconds. */
export function clock(at: number, locale: Locale): string {
  return dates(locale, timeOfDay(locale)).format(at / 1000);
}

/** Date and time in full, for titles on hover. */
export function moment(at: number, locale: Locale): string {
  return dates(locale, { dateStyle: 'full', timeStyle: 'short' }).format(at / 1000);
}

/** "Today", "Yesterday", "Monday", "12 November", "12 November 2024": as near as it is. Both times in microseconds. */
export function dayName(at: number, now: number, locale: Locale): string {
  const days = daysBetween(at, now);
  if (days <= 1) return capital(new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-days, 'day'), locale);
  if (days < 7) return capital(dates(locale, { weekday: 'long' }).format(at / 1000), locale);
  const year = new Date(at / 1000).getFullYear() === new Date(now / 1000).getFullYear() ? undefined : 'numeric';
  return dates(locale, { day: 'numeric', month: 'long', year }).format(at / 1000);
}

/** What a list shows at a row's end: the time today, else "Mon" this week, else "12 Nov", else with the year. */
export function shortDate(at: number, now: number, locale: Locale): string {
  const days = daysBetween(at, now);
  if (days === 0) return clock(at, locale);
  if (days < 7) return dates(locale, { weekday: 'short' }).format(at / 1000);
  const year = new Date(at / 1000).getFullYear() === new Date(now / 1000).getFullYear() ? undefined : '2-digit';
  return dates(locale, { day: 'numeric', month: 'short', year }).format(at / 1000);
}

/** A moment ahead, as near as it is: "16:00" today, "Mon 09:00" within a week, "3 Dec" after it. */
export function soon(at: number, now: number, locale: Locale): string {
  const days = daysBetween(now, at);
  if (days === 0) return clock(at, locale);
  if (days < 7) return dates(locale, { weekday: 'short', ...timeOfDay(locale) }).format(at / 1000);
  return dates(locale, { day: 'numeric', month: 'short' }).format(at / 1000);
}

/** Whole days of the reader's calendar from one moment to another, never below 0. */
export function daysBetween(at: number, now: number): number {
  const [from, to] = [new Date(at / 1000), new Date(now / 1000)];
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.max(0, Math.round((midnight(to) - midnight(from)) / 86_400_000));
}

function capital(text: string, locale: Locale): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}

const made = new Map<string, unknown>();

function formatter<T>(kind: new (locale: string) => T, locale: Locale): T {
  const key = `${kind.name} ${locale}`;
  if (!made.has(key)) made.set(key, new kind(locale));
  return made.get(key) as T;
}

/** Hours and dates of the reader's language. English writes them by the browser's region: "4:16 PM", or "16:16" in Britain. */
export function dates(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const tag = (locale === 'en' && navigator.languages.find((one) => one.startsWith('en-'))) || locale;
  const key = `date ${tag} ${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(tag, options));
  return made.get(key) as Intl.DateTimeFormat;
}
