/** The shapes of files that go along with messages. */

export type FormatName =
  | 'pdf'
  | 'jpg'
  | 'png'
  | 'mp3'
  | 'doc'
  | 'docx'
  | 'xls'
  | 'xlsx'
  | 'audio'
  | 'webp'
  | 'ppt'
  | 'pptx'
  | 'odt'
  | 'ods'
  | 'txt'
  | 'csv'
  | 'zip';

/** What can be heard in a file: how long it is, and how loud in 64 equal parts, 0 to 100. */
export interface Sound {
  ms: number;
  peaks: number[];
}

/** A file of a message: what lies at `files/ID`, and what every browser plays of its sound at `files/ID/sound`; where `thumbnail` says so, a small picture of it at `files/ID/thumbnail`. */
export interface Attachment {
  id: string;
  name: string;
  /** What the content was found to be. */
  type: string;
  size: number;
  /** Of a picture as it is seen, in pixels. */
  width: number | null;
  height: number | null;
  thumbnail: boolean;
  sound: Sound | null;
}

/** A file on its way; `file` once all of it has come and was checked. */
export interface Upload {
  id: string;
  name: string;
  size: number;
  offset: number;
  file: Attachment | null;
}

export interface FormatRule {
  name: FormatName;
  endings: string[];
  /** Null where the format is not allowed. */
  max_bytes: number | null;
}

export interface FileRules {
  formats: FormatRule[];
  caption_max: number;
  files_max: number;
  /** The longest recording. */
  sound_max_ms: number;
  version: number;
}
