/**
 * What the loader (in the site's page) and the frame (of our origin) say to each other.
 *
 * Only the greeting passes by the page's own `message` events: the frame's `ready`, which tells nothing, and the loader's
 * `start` into the frame, with one end of a channel. All else goes by that channel, so that no listener of the page's
 * overhears a key. Of what is written in the chat, nothing goes to the loader at all.
 */

/** Marks our messages among all that a page receives. */
export const MARK = 1;

/** What the server says of an inbox's look. */
export interface Look {
  readonly colour: string;
  /** What can be read on the colour. */
  readonly ink: string;
  readonly corner: string;
  /** A `color-scheme`: `light dark` follows the visitor's system. */
  readonly scheme: string;
  /** The language to speak where the browser names none of ours. */
  readonly locale_hint: string;
}

/** What the frame begins with. */
export interface Start {
  /** All that is kept with the site, by name: the resume key under ''. */
  readonly kept: Readonly<Record<string, string>>;
  /** The page's whole address; no more than its path leaves the frame. */
  readonly page: string;
  readonly look: Look;
  /** Who the site has signed its user to be. */
  readonly identity?: unknown;
  /** What the site tells of its user, unsigned. */
  readonly data?: unknown;
}

export type ToFrame =
  | ({ type: 'start' } & Start)
  | { type: 'opened' | 'closed' }
  /** A text for the box, by the page. */
  | { type: 'text'; value: unknown }
  | { type: 'identify'; value: unknown }
  /** Nothing of this visitor is to stay in this browser. */
  | { type: 'forget' };

export type ToLoader =
  /** Asks for `start`; asked again whenever the frame needs what is kept now: another tab may have a newer resume key. */
  | { type: 'ready' }
  /** Keeps a text with the site, or forgets it: the resume key under '', and what a frame without storage has to remember. */
  | { type: 'keep'; name: string; text: string | null }
  /** How many answers are unread, whenever that changes. */
  | { type: 'unread'; count: number }
  /** The closed chat shows the beginning of an answer, this high; 0 where it does no longer. */
  | { type: 'peek'; height: number }
  /** Somebody has written. */
  | { type: 'message'; by: 'visitor' | 'operator' }
  | { type: 'open' | 'close' }
  /** Another page of this site has forgotten the visitor. */
  | { type: 'forget' }
  /** What the site has signed does not hold any more. */
  | { type: 'expired' }
  /** Something for whoever has written the page's scripts. */
  | { type: 'warn'; text: string }
  /** The inbox does not exist or does not allow this site. */
  | { type: 'gone'; code: string };

/** The message in `data`, or null where it is none of ours. */
export function read<M extends { type: string }>(data: unknown): M | null {
  return (data as { recado?: unknown } | null)?.recado === MARK ? (data as M) : null;
}
