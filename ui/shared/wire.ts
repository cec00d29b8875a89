/**
 * The shapes that travel between the server and both front ends.
 *
 * Times are integer microseconds UTC. What the widget knows (`Widget…`) shares no number with the console: it counts public entries.
 */

import type { ChatSettings, SecretItem } from './wire-chats.ts';
import type { DirectEvent } from './wire-directs.ts';
import type { Author, Entry, Mark } from './wire-entries.ts';
import type { Attachment } from './wire-files.ts';
import type { NoticesNow } from './wire-notices.ts';
import type { Availability, Circle, Reason, Rules } from './wire-queue.ts';
import type { Ask, Locale, Mode, Named, Role, Status, Theme } from './wire-words.ts';

export type * from './wire-accounts.ts';
export type * from './wire-chats.ts';
export type * from './wire-directs.ts';
export type * from './wire-entries.ts';
export type * from './wire-files.ts';
export type * from './wire-notices.ts';
export type * from './wire-queue.ts';
export type * from './wire-replies.ts';
export type * from './wire-words.ts';

export interface Person extends Named {
  role: Role;
  disabled: boolean;
  availability: Availability;
}

export interface Me extends Named {
  username: string;
  email: string | null;
  role: Role;
  departments: Named[];
  locale: Locale | null;
  theme: Theme;
  desk_window: boolean;
  availability: Availability;
  chat_limit: number | null;
}

export interface Customer {
  id: number | null;
  name: string | null;
  email: string | null;
  verified: boolean;
  /** Tells which conversations are the same one's; never shown, since it looks like a conversation's number and is none. */
  visitor: number;
}

export interface ConversationRow {
  id: number;
  status: Status;
  channel: 'chat';
  inbox: Named;
  department: Named;
  customer: Customer;
  operator: number | null;
  waiting_since: number | null;
  opened_at: number;
  last_at: number;
  /** When the customer first wrote after the last answer; null where nothing is to be answered. */
  answer_due_since: number | null;
  excerpt: string;
  excerpt_by: Author['kind'];
  excerpt_author: number | null;
  inbound_count: number;
  seq: number;
  version: number;
  /** Who attended it before it went back to Waiting. */
  former: number | null;
  paused_until: number | null;
  closed_at: number | null;
  /** While it waits: how far it has made itself heard. 1: pages ring; 2: pushes were sent; 3: supervisors were told. */
  alert_step: number;
  /** Who has said, while it waits, that they have heard it. */
  acknowledged_by: number | null;
}

/** What becomes of a conversation that I move; null where I no longer read it. */
export interface Moved {
  conversation: ConversationRow | null;
}

export interface Page {
  items: ConversationRow[];
  seen: Record<string, number>;
  next: string | null;
}

/** Whom a name finds; `more`: there are others whom only a longer name finds. */
export interface Found {
  items: ConversationRow[];
  more: boolean;
}

export interface Draft {
  id: number;
  /** Null where it cannot be sent into it any more. */
  conversation: number | null;
  mode: Mode;
  body: string;
  updated_at: number;
  written_in: number;
  /** What is to go beside the files. */
  caption: string;
  files: Attachment[];
}

export interface Counts {
  waiting: number;
  attending: number;
  paused: number;
  /** In how many of those that I attend the customer has written what I have not read. */
  unread: number;
}

export interface DeskState {
  epoch: string;
  wire: number;
  me: Me;
  people: Person[];
  departments: Named[];
  /** Of my own departments, by their number. */
  rules: Record<string, Rules>;
  reasons: Reason[];
  waiting: Page;
  attending: Page;
  paused: Page;
  counts: Counts;
  drafts: Draft[];
  online: number[];
  /** Who has a waiting conversation open, by its number. */
  looking: Record<string, number[]>;
  /** What notifies me. */
  notices: NoticesNow;
}

export interface Visitor {
  page: string | null;
  locale: string | null;
  agent: string | null;
  online: boolean;
  /** What the site's page told of them. */
  data: Answer[];
  /** What they answered before the first message. */
  answers: Answer[];
}

export interface Answer {
  name: string;
  value: string;
  /** The inbox did not ask so any more when it arrived: the name is the visitor's page's word. */
  former: boolean;
}

export interface ConversationState {
  epoch: string;
  conversation: ConversationRow;
  entries: Entry[];
  more: boolean;
  marks: Mark[];
  visitor: Visitor;
  drafts: Draft[];
  circle: Circle;
}

export interface Changes {
  epoch: string;
  start_over: boolean;
  conversation: ConversationRow;
  entries: Entry[];
  marks: Mark[];
  circle: Circle;
}

export interface OperatorItem extends Named {
  username: string;
  email: string | null;
  role: Role;
  departments: Named[];
  disabled: boolean;
  created_at: number;
  chat_limit: number | null;
  /** How many conversations they attend or have paused. */
  held: number;
  /** The same in each department where there are some. */
  held_in: Record<string, number>;
  version: number;
}

export interface InvitationItem {
  id: number;
  role: Role;
  departments: Named[];
  name: string | null;
  expires_at: number;
  /** Only in the answer to the request that made it; never shown again. */
  link?: string | null;
}

export interface InvitationLook {
  role: Role;
  departments: Named[];
  name: string | null;
}

export interface Inbox extends Named {
  key: string;
  department: Named;
  sites: string[];
  colour: string;
  greeting: string;
  ask_name: Ask;
  ask_email: Ask;
  chat: ChatSettings;
  version: number;
  secrets: SecretItem[];
  script: string;
}

export interface InboxWrite {
  name: string;
  department: number;
  sites: string[];
  colour: string;
  greeting: string;
  ask_name: Ask;
  ask_email: Ask;
  chat?: ChatSettings | null;
  version?: number;
}

export interface FieldError {
  field: string;
  code: string;
  detail: string;
}

/** application/problem+json; the page renders `code`, never `detail`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: FieldError[];
  operator?: Named;
}

export type ConsoleEvent =
  | DirectEvent
  | { type: 'hello'; wire: number; epoch: string; now: number }
  | { type: 'pong' }
  | {
      type:
        | 'conversation.opened'
        | 'message.posted'
        | 'message.changed'
        | 'conversation.paused'
        | 'conversation.resumed'
        | 'conversation.closed';
      conversation: ConversationRow;
      entries: Entry[];
    }
  | {
      type: 'conversation.claimed' | 'conversation.queued';
      conversation: ConversationRow;
      entries: Entry[];
      /** How many of the customer's messages each operator had seen, by their number. */
      seen: Record<string, number>;
    }
  | { type: 'conversation.changed'; conversation: ConversationRow }
  | { type: 'conversation.taken'; id: number; version: number; operator: number }
  | { type: 'conversation.left'; id: number; version: number }
  | { type: 'thread.read'; conversation: number; version: number | null; mark: Mark }
  | { type: 'typing'; conversation: number; author: Author }
  | { type: 'looking'; conversation: number; operators: number[] }
  | { type: 'store.changed'; well: boolean }
  | { type: 'visitor.presence'; conversation: number; online: boolean }
  | { type: 'notices.changed'; notices: NoticesNow }
  | { type: 'person.changed'; person: Person }
  | { type: 'people.changed' | 'replies.changed' | 'drafts.changed' | 'settings.changed' };
