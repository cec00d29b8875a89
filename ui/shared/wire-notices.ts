/** What notifies an operator, and how. Taken up by `wire.ts`. */
import type { Alerts } from './wire-directs.ts';

/** What one is notified of: somebody waits; a customer of mine has written; a colleague has; somebody names me. */
export type NoticeKind = 'waiting' | 'mine' | 'internal' | 'mention';
export type SoundName = 'none' | 'bell' | 'chime' | 'drop' | 'knock';
export type Sounds = Record<NoticeKind, SoundName>;

/** Minutes of the day; over midnight where the end comes before the start. `days`: those on which it begins, 0 is Monday. */
export interface Quiet {
  start: number;
  end: number;
  days: number[];
}

export interface Choices {
  /** Which customers' conversations: those that wait in my departments and mine, mine, or none. */
  customers: 'all' | 'mine' | 'none';
  /** Of what colleagues say; a mention in a note is one of theirs. */
  internal: Alerts;
  sounds: Sounds;
  push: boolean;
  email: boolean;
  quiet: Quiet | null;
}

/** What I have chosen; what is left out is as an admin has set it for all. */
export type Chosen = Partial<Choices>;

/** What a page goes by: my choices as they hold, where I am, and until when nothing is to disturb me. What was changed later (`at`) is true. */
export interface NoticesNow {
  choices: Choices;
  /** The name of a time zone; null: UTC. */
  zone: string | null;
  dnd_until: number | null;
  /** The conversations with customers that notify me otherwise than by everything, by their number. */
  alerts: Record<string, Alerts>;
  /** The same of direct ones. */
  directs: Record<string, Alerts>;
  at: number;
}

/** A browser of mine that is told; `here`: this one; `failed_at`: its maker's service refused then. */
export interface NoticeBrowser {
  id: number;
  name: string;
  created_at: number;
  failed_at: number | null;
  here: boolean;
}

/** What the page of my choices opens with; `defaults` hold where I have not chosen. */
export interface NoticesState {
  chosen: Chosen;
  defaults: Choices;
  notices: NoticesNow;
  /** Where my mail goes. */
  email: string | null;
  /** Whether any mail is sent from here. */
  mail: boolean;
  /** What a browser is shown to subscribe to pushes: base64 for addresses, unpadded. */
  push_key: string;
  /** My browsers that are told of news while no page of ours is looked at. */
  browsers: NoticeBrowser[];
}

/** What an admin has chosen for all who have not; `version` 0: as built. */
export interface NoticeDefaults {
  choices: Choices;
  version: number;
}
