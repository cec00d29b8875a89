/**
 * What the loader (in the site's page) and the frame (of our origin) say to each other. Both check who speaks; nothing
 * secret goes out before the other side is known.
 */

/** Marks our messages among all that a page receives. */
export const MARK = 1;

export type ToFrame =
  { type: 'start'; resume_key: string | null; page: string; locale: string } | { type: 'opened' } | { type: 'closed' };

export type ToLoader =
  /** Asks for `start`; asked again whenever the frame needs the newest resume key. */
  | { type: 'ready' }
  | { type: 'key'; resume_key: string }
  /** How many answers are unread, and the newest of them; empty texts ask for no notice. */
  | { type: 'unread'; count: number; name: string; text: string }
  | { type: 'close' }
  /** The inbox does not exist or does not allow this site. */
  | { type: 'gone'; code: string };

/** The message in `data`, or null where it is none of ours. */
export function read<M extends { type: string }>(data: unknown): M | null {
  return (data as { recado?: unknown } | null)?.recado === MARK ? (data as M) : null;
}
