/** What a visitor's browser tells about them, in words. */
import { language } from '../../state/language.svelte.ts';

const BROWSERS: [RegExp, string][] = [
  [/Edg(?:e|A|iOS)?\//u, 'Edge'],
  [/OPR\/|Opera/u, 'Opera'],
  [/SamsungBrowser\//u, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//u, 'Firefox'],
  [/Chrome\/|CriOS\//u, 'Chrome'],
  [/Safari\//u, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPod/u, 'iPhone'],
  [/iPad/u, 'iPad'],
  [/Android/u, 'Android'],
  [/Windows/u, 'Windows'],
  [/CrOS/u, 'ChromeOS'],
  [/Mac OS X|Macintosh/u, 'Mac'],
  [/Linux/u, 'Linux'],
];

/** "Firefox, Android" from a user agent; null where nothing is recognised. */
export function device(agent: string | null): string | null {
  if (agent === null) return null;
  const find = (table: [RegExp, string][]) => table.find(([pattern]) => pattern.test(agent))?.[1];
  return [find(BROWSERS), find(SYSTEMS)].filter(Boolean).join(', ') || null;
}

/** A language tag in the reader's own words: "Spanish". The tag itself where it is none. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(language.locale, { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** The page's address where it may be followed (http and https alone), else null. */
export function safePage(page: string | null): string | null {
  if (page === null || !URL.canParse(page)) return null;
  const url = new URL(page);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}

/** What tells pages of one site apart: path and query. As it is written where it cannot be decoded: "/50%-off". */
export function pagePath(page: string): string {
  const url = new URL(page);
  try {
    return decodeURI(url.pathname) + url.search;
  } catch {
    return url.pathname + url.search;
  }
}

/** An e-mail address in pieces between which a line may end: before "@" and each dot, and not within a word. */
export const breakable = (email: string): string[] => email.split(/(?=[@.])/u);
