/** What travels of chats: their settings, departments' hours, and all that visitors' pages know. Taken up by `wire.ts`. */
import type { Attachment } from './wire-files.ts';
import type { Ask, Gone, Locale } from './wire-words.ts';

/** A day's stretch: Monday is 0, minutes after midnight. */
export interface Span {
  day: number;
  opens: number;
  closes: number;
}

/** A stretch of one date such as 2026-12-24, which is then open in its own stretches alone. */
export interface SpecialSpan {
  date: string;
  opens: number;
  closes: number;
}

/** Whether a department answers, and when that changes; null: not within the next year. */
export interface Answers {
  open: boolean;
  until: number | null;
}

export interface Hours {
  /** An IANA name. */
  zone: string;
  week: Span[];
  /** Dates such as 2026-12-25. */
  closed_days?: string[];
  special_days?: SpecialSpan[];
}

export interface ChatTexts {
  greeting: string;
  away: string;
  answer_time: string;
}

export interface ChatField {
  key: string;
  label: { [locale in Locale]?: string };
  kind: 'text' | 'choice';
  options?: string[];
  required: boolean;
}

export type ChatTheme = 'system' | 'light' | 'dark';

export interface ChatSettings {
  corner: 'right' | 'left';
  theme: ChatTheme;
  texts?: { [locale in Locale]?: ChatTexts };
  fields?: ChatField[];
  departments?: number[];
  answer_time: 'no' | 'measured' | 'text';
  ask_when_away: boolean;
}

export interface SecretItem {
  id: number;
  ending: string;
  created_at: number;
}

export interface SecretMade extends SecretItem {
  secret: string;
}

export interface WidgetEntry {
  seq: number;
  rev: number;
  author: WidgetAuthor;
  body: string;
  at: number;
  client_id: string | null;
  attachments: Attachment[];
  quote: WidgetQuote | null;
  edited: boolean;
  gone: Gone | null;
}

export interface WidgetAuthor {
  kind: 'visitor' | 'operator';
  name: string | null;
}

/** The beginning of the public entry that another one answers to, as it is now. */
export interface WidgetQuote {
  seq: number;
  author: WidgetAuthor;
  text: string;
  gone: Gone | null;
}

export interface WidgetConversation {
  id: string;
  status: 'open' | 'closed';
  version: number;
  seq: number;
  opened_at: number;
  department: string;
  operator: string | null;
  visitor_read: number;
  operator_read: number;
}

/** A question of the inbox's own, in the visitor's language. */
export interface AskedField {
  key: string;
  label: string;
  kind: 'text' | 'choice';
  options: string[];
  required: boolean;
}

export interface WidgetList {
  epoch: string;
  conversations: WidgetConversation[];
  /** The beginning of each one's newest entry, by its id. */
  lines: Record<string, string>;
  /** Who last answered in each one, by its id; none where nobody has. */
  names: Record<string, string>;
}

/** Who answers, as it is now: the department, when, and who of it is there. */
export interface Around {
  department: string;
  answering: { open: boolean; opens_at: number | null; within_s: number | null; text: string };
  people: { name: string }[];
  /** This visitor may not write any more. */
  blocked: boolean;
}

export interface VisitState extends Around {
  token: string;
  expires_at: number;
  resume_key: string;
  epoch: string;
  wire: number;
  visitor: { name: string | null; email: string | null; verified: boolean };
  inbox: {
    name: string;
    department: string;
    colour: string;
    theme: ChatTheme;
    greeting: string;
    away: string;
    ask_name: Ask;
    ask_email: Ask;
    ask_when_away: boolean;
    fields: AskedField[];
    departments: string[];
  };
  conversations: WidgetConversation[];
}

export type WidgetEvent =
  | { type: 'hello'; wire: number; epoch: string; now: number }
  | { type: 'pong' }
  | { type: 'message.posted' | 'message.changed'; conversation: WidgetConversation; entries: WidgetEntry[] }
  | {
      type: 'conversation.changed' | 'conversation.closed';
      conversation: WidgetConversation;
      entries: WidgetEntry[];
    }
  | { type: 'thread.read'; conversation: WidgetConversation }
  | { type: 'typing'; conversation: string; name: string | null }
  | { type: 'visitor.changed'; blocked: boolean };
