/** Time zones by what somebody types of them. */
import { dates, timeOfDay } from '@recado/shared/i18n.ts';
import type { Locale } from '@recado/shared/wire.ts';
import { find, fold } from '../../state/find.ts';

const SHOWN = 60;

/** "America/Argentina/Buenos_Aires" is found by "buenos aires". */
export function findZones(zones: readonly string[], typed: string): string[] {
  const entries = zones.map((zone) => ({ zone, hay: fold(zone.replace(/[_/]/gu, ' ')) }));
  return find(entries, typed.replace(/[_/]/gu, ' '), SHOWN).map(({ zone }) => zone);
}

/** The time of day there; empty where the browser does not know the zone. `now` in microseconds. */
export function timeIn(zone: string, now: number, locale: Locale): string {
  try {
    return dates(locale, { timeZone: zone, ...timeOfDay(locale) }).format(now / 1000);
  } catch {
    return '';
  }
}
