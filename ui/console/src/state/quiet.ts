/** Whether somebody may be disturbed at a moment. The server goes by the same for what it sends (`recado/domain/notices.py`). Pure. */
import type { NoticesNow, Quiet } from '@recado/shared/wire.ts';

const DAY = 24 * 60;
const WEEK = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Nothing is to be heard now: they have said so until later, or these are their quiet hours. `now` in microseconds UTC. */
export function isSilent({ choices, zone, dnd_until }: NoticesNow, now: number): boolean {
  return (dnd_until !== null && now < dnd_until) || (choices.quiet !== null && isQuiet(choices.quiet, zone, now));
}

function isQuiet({ start, end, days }: Quiet, zone: string | null, now: number): boolean {
  const { day, minute } = localTime(zone ?? 'UTC', now);
  const lasts = (end - start + DAY) % DAY || DAY;
  // What began yesterday may last until now.
  return [0, 1].some((ago) => days.includes((day - ago + 7) % 7) && within(minute + ago * DAY - start, lasts));
}

const within = (passed: number, lasts: number): boolean => passed >= 0 && passed < lasts;

/** The day of the week, 0 is Monday, and the minute of that day. */
function localTime(zone: string, now: number): { day: number; minute: number } {
  const said = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const of = Object.fromEntries(said.formatToParts(now / 1000).map(({ type, value }) => [type, value]));
  return { day: WEEK.indexOf(of.weekday!), minute: Number(of.hour) * 60 + Number(of.minute) };
}
