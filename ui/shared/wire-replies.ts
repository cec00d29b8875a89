/** The shapes of quick replies. */
import type { Attachment } from './wire-files.ts';

export type ReplyScope = 'personal' | 'department' | 'all';

export interface Reply {
  id: number;
  /** What is typed after the slash. */
  name: string;
  title: string | null;
  text: string;
  scope: ReplyScope;
  department: number | null;
  /** How often it was sent. */
  uses: number;
  /** I may change it. */
  changeable: boolean;
  version: number;
  /** They go along with the text, in this order. */
  files: Attachment[];
}

export interface ReplyWrite {
  name: string;
  text: string;
  scope: ReplyScope;
  title?: string | null;
  department?: number | null;
  version?: number;
  /** Ids, in their order; left out, they stay as they are. */
  files?: string[];
}

/** What a table brought. Where a line is refused, nothing of it was stored. */
export interface Imported {
  created: number;
  changed: number;
  unchanged: number;
  refused: { line: number; field: string; code: string; place?: string | null }[];
}
