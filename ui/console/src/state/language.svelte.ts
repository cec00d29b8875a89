/**
 * The console's language: one catalogue at a time, and every text of the page through `t`.
 *
 * Until somebody is signed in it follows the browser; then the person's own setting.
 */
import * as i18n from '@recado/shared/i18n.ts';
import type { Locale } from '@recado/shared/wire.ts';
import type en from '../locales/en.json';
import { time } from './time.svelte.ts';

export type Key = keyof typeof en;

const catalogues = import.meta.glob<{ default: i18n.Catalogue }>('../locales/*.json');

let locale = $state.raw<Locale>('en');
let catalogue = $state.raw<i18n.Catalogue>({});

/** Show the page in `wanted`, or in the browser's language where the person has chosen none. */
export async function speak(wanted: Locale | null): Promise<void> {
  const next = wanted ?? i18n.pickLocale(navigator.languages);
  const loaded = await catalogues[`../locales/${next}.json`]!();
  locale = next;
  catalogue = loaded.default;
  document.documentElement.lang = next;
}

export const language = {
  get locale(): Locale {
    return locale;
  },
};

/** The text for `key` with its places filled in; plural by `count`. */
export function t(key: Key, params?: i18n.Params): string {
  return i18n.fill(catalogue[key] ?? key, locale, params);
}

/** The text for a key made at run time (problem codes), or for `fallback` where the catalogue has none. */
export function tryT(key: string, fallback: Key, params?: i18n.Params): string {
  return i18n.fill(catalogue[key] ?? catalogue[fallback] ?? fallback, locale, params);
}

export const clock = (at: number): string => i18n.clock(at, locale);
export const moment = (at: number): string => i18n.moment(at, locale);
export const dayName = (at: number): string => i18n.dayName(at, time.now, locale);
export const shortDate = (at: number): string => i18n.shortDate(at, time.now, locale);
export const soon = (at: number): string => soonAfter(at, time.now);
export const soonAfter = (at: number, now: number): string => i18n.soon(at, now, locale);
export const count = (value: number): string => (value > 999 ? '999+' : i18n.number(value, locale));

const HOUR = 60;
const DAY = 24 * HOUR;

/** How long ago, in a sentence: "now", "6 minutes ago". */
export function ago(since: number): string {
  const minutes = Math.floor((time.now - since) / 60_000_000);
  if (minutes < 1) return t('age.now');
  const say = new Intl.RelativeTimeFormat(locale);
  if (minutes < 60) return say.format(-minutes, 'minute');
  if (minutes < 60 * 24) return say.format(-Math.floor(minutes / 60), 'hour');
  return say.format(-Math.floor(minutes / (60 * 24)), 'day');
}

/** How long ago, in the largest whole unit: "now", "6 min", "2 h", "3 d". */
export function age(since: number): string {
  const minutes = Math.floor((time.now - since) / 60_000_000);
  if (minutes < 1) return t('age.now');
  if (minutes < HOUR) return lasting(minutes);
  return lasting(minutes < DAY ? minutes - (minutes % HOUR) : minutes - (minutes % DAY));
}

/** So many minutes, in the largest unit that says it exactly: "90 min", "2 h", "1 d". */
export function lasting(minutes: number): string {
  if (minutes % DAY === 0) return t('age.days', { n: minutes / DAY });
  return minutes % HOUR === 0 ? t('age.hours', { n: minutes / HOUR }) : t('age.minutes', { n: minutes });
}
