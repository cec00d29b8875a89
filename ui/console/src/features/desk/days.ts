/** Days of the reader's own calendar, as a date field writes them, and the moments at which they begin. */

/** "2026-11-21" for a moment in microseconds. */
export function isoDay(at: number): string {
  const day = new Date(at / 1000);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** When a day begins here, in microseconds; null for what is no day. */
export function dayStart(day: string): number | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (!parts) return null;
  const start = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])).getTime();
  return Number.isNaN(start) ? null : Math.max(1, start * 1000);
}

/** When the day began that was so many days before a moment. */
export function dayBefore(at: number, days: number): number {
  const day = new Date(at / 1000);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - days).getTime() * 1000;
}

/** "2026-11-21T09:30" for a moment in microseconds, as a field for date and time writes it. */
export function isoMinute(at: number): string {
  const moment = new Date(at / 1000);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${isoDay(at)}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** The moment that such a field means here, in microseconds; null for what is none. */
export function minuteOf(text: string): number | null {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? new Date(text).getTime() : NaN;
  return Number.isNaN(at) ? null : at * 1000;
}
