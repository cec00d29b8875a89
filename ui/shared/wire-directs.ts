/** Direct conversations as those who take part know them. Taken up by `wire.ts`. */
import type { Entry, Mark } from './wire-entries.ts';
import type { Draft } from './wire.ts';

export type Box = 'open' | 'inbox' | 'sent' | 'archived';
/** What of it notifies me. */
export type Alerts = 'all' | 'mentions' | 'none';

export interface DirectRow {
  id: number;
  /** Null: it is called by those who take part. */
  name: string | null;
  people: number[];
  started_by: number;
  started_at: number;
  last_at: number;
  excerpt: string;
  excerpt_author: number | null;
  /** How many messages there are; unread is what lies beyond the count at my mark. */
  count: number;
  seq: number;
  version: number;
}

/** How it stands for me alone; what was changed later (`at`) is true. */
export interface Own {
  received: boolean;
  started: boolean;
  archived: boolean;
  /** I read what comes after the entry of this number. */
  floor: number;
  seen: number;
  alerts: Alerts;
  at: number;
}

export interface DirectItem {
  direct: DirectRow;
  own: Own;
}

/** A colleague who can be written to, by what one finds them. */
export interface Contact {
  id: number;
  name: string;
  username: string;
  departments: number[];
}

export interface DirectPage {
  items: DirectItem[];
  next: string | null;
}

export interface DirectCounts {
  inbox: number;
  archived: number;
}

export interface DirectState extends DirectItem {
  epoch: string;
  entries: Entry[];
  more: boolean;
  marks: Mark[];
  /** After which entry each reads who does not read all of it. */
  floors: Record<string, number>;
  /** How many of its messages I may read. */
  readable: number;
  drafts: Draft[];
}

export interface DirectChanges extends DirectItem {
  epoch: string;
  start_over: boolean;
  entries: Entry[];
  marks: Mark[];
  floors: Record<string, number>;
  readable: number;
}

export interface DirectSent {
  entry: Entry;
  direct: DirectRow;
}

export type DirectEvent =
  | { type: 'direct.posted' | 'direct.changed'; direct: DirectRow; entries: Entry[]; mark: Mark | null }
  | { type: 'direct.left'; id: number; version: number }
  | { type: 'direct.read'; direct: number; version: number | null; mark: Mark }
  | { type: 'direct.own_changed'; direct: number; own: Own };
