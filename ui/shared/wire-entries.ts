/** The entries of a thread as operators' pages know them, and how far each has been read. Taken up by `wire.ts`. */
import type { Attachment } from './wire-files.ts';
import type { Activity } from './wire-queue.ts';
import type { Gone } from './wire-words.ts';

export interface Author {
  kind: 'visitor' | 'operator' | 'system';
  id: number | null;
}

export interface Entry {
  seq: number;
  rev: number;
  kind: 'public' | 'note' | 'activity';
  author: Author;
  client_id: string | null;
  body: string;
  activity: Activity | null;
  at: number;
  /** The operators that a note names. */
  mentions: number[];
  attachments: Attachment[];
  quote: Quote | null;
  /** How often its author has changed its text since it was sent. */
  edits: number;
  gone: Gone | null;
}

/** The beginning of the entry that another one answers to, as it is now; no text where that has gone. */
export interface Quote {
  seq: number;
  kind: Entry['kind'];
  author: Author;
  text: string;
  gone: Gone | null;
}

/** A text that an entry once had, and until when. */
export interface EntryVersion {
  body: string;
  until: number;
}

export interface Mark {
  reader: Author;
  seq: number;
  inbound_count: number;
  at: number;
}

/** Entries of one place in a thread, ascending; `anchor` is the one that was asked for by its number or by a moment. */
export interface EntryPage {
  entries: Entry[];
  /** There are older ones. */
  more: boolean;
  /** There are newer ones. */
  newer: boolean;
  anchor: number | null;
}
