/**
 * What the loader (in the site's page) and the frame (of our origin) say to each other. Both check who speaks; nothing
 * secret goes out before the other side is known.
 */

/** Marks our messages among all that a page receives. */
export const MARK = 1;

export type ToFrame =
  /** `kept` is all that was to be kept, by name. */
  | { type: 'start'; kept: Record<string, string>; page: string; locale: string }
  | { type: 'opened' }
  | { type: 'closed' };

export type ToLoader =
  /** Asks for `start`; asked again whenever the frame needs what is kept now: another tab may have a newer resume key. */
  | { type: 'ready' }
  /** Keeps a text with the site, or forgets it: the resume key under '', and what a frame without storage has to remember. */
  | { type: 'keep'; name: string; text: string | null }
  /** How many answers are unread, and the newest of them; empty texts ask for no notice. */
  | { type: 'unread'; count: number; name: string; text: string }
  | { type: 'close' }
  /** The inbox does not exist or does not allow this site. */
  | { type: 'gone'; code: string };

/** The message in `data`, or null where it is none of ours. */
export function read<M extends { type: string }>(data: unknown): M | null {
  return (data as { recado?: unknown } | null)?.recado === MARK ? (data as M) : null;
}
