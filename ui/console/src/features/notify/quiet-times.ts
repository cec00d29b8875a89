/** Minutes of the day, as a field for a time writes them. */
import type { Quiet } from '@recado/shared/wire.ts';

/** What is offered first: the nights of all days. */
export const NIGHT: Quiet = { start: 20 * 60, end: 8 * 60, days: [0, 1, 2, 3, 4, 5, 6] };

const two = (part: number): string => String(part).padStart(2, '0');

/** "08:30" of 510. */
export const timeOf = (minute: number): string => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;

/** Null for what is no time of day. */
export function minuteOf(text: string): number | null {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)/.exec(text);
  return parts ? Number(parts[1]) * 60 + Number(parts[2]) : null;
}
