/** The shapes of the queue: how conversations move, who is there, and the rules of departments. */
import type { Hours } from './wire-chats.ts';
import type { Named, Status } from './wire-words.ts';

export type Availability = 'available' | 'busy' | 'away';
export type Assignment = 'manual' | 'round_robin' | 'least_busy';

export type ActivityKind =
  | 'started'
  | 'claimed'
  | 'assigned'
  | 'released'
  | 'returned'
  | 'transferred'
  | 'paused'
  | 'resumed'
  | 'closed'
  | 'reopened'
  | 'blocked'
  | 'looked_in'
  | 'looked_away'
  | 'added'
  | 'shown_all'
  | 'left'
  | 'renamed';

/** `operator` is whose it was or became; who did it is the entry's author. */
export interface Activity {
  kind: ActivityKind;
  operator: number | null;
  to: number | null;
  department: number | null;
  origin: number | null;
  until: number | null;
  reason: number | null;
  cause: 'absent' | 'disabled' | 'department' | null;
}

/** Who looks in, and who may be mentioned. */
export interface Circle {
  lookers: number[];
  mentionable: number[];
}

export interface Reason extends Named {
  retired: boolean;
  version: number;
}

export interface Earlier {
  id: number;
  department: Named;
  operator: number | null;
  opened_at: number;
  /** Null, as the text, where I do not read it. */
  status: Status | null;
  excerpt: string | null;
}

export interface NoteAbout {
  conversation: number;
  seq: number;
  operator: number;
  at: number;
  excerpt: string;
}

/** What is known around a conversation, as far as its reader may know it. */
export interface Background {
  earlier: Earlier[];
  notes: NoteAbout[];
  /** By which its visitor cannot write now. */
  blocks: Block[];
}

export interface Colleague extends Named {
  departments: number[];
  availability: Availability;
  online: boolean;
  attending: number;
  limit: number | null;
}

export interface Targets {
  departments: Named[];
  operators: Colleague[];
}

export interface TeamDepartment extends Named {
  waiting: number;
  /** Since when the one that has waited longest waits. */
  waiting_since: number | null;
  look_in: boolean;
}

export interface TeamConversation {
  id: number;
  department: number;
  operator: number;
  status: Status;
  claimed_at: number;
  last_at: number;
  answer_due_since: number | null;
}

export interface Team {
  departments: TeamDepartment[];
  operators: Colleague[];
  conversations: TeamConversation[];
  /** So many conversations are held beyond those told. */
  more: number;
}

export interface Rules {
  assignment: Assignment;
  /** After how many minutes an absent owner's conversations go back; null: never. */
  absence_minutes: number | null;
  reopen_days: number;
  look_in: boolean;
  archive: boolean;
  /** How long one may edit and delete what one has sent, in minutes; 0: not at all. */
  edit_minutes: number;
  /** For how many seconds what was sent is taken back as long as it has not been seen; 0: not at all. */
  undo_s: number;
  /** After how many minutes of waiting pages ring, pushes are sent, supervisors are told; null: never. */
  ring_minutes: number | null;
  push_minutes: number | null;
  supervisor_minutes: number | null;
}

/** So many of what waits would go to an operator. */
export interface Share {
  operator: number;
  count: number;
}

/** What waits in a department, and to whom of it how much would go at once, if it assigned by itself. */
export interface Backlog {
  waiting: number;
  to: Share[];
}

export interface Department extends Named {
  operator_count: number;
  inbox_count: number;
  hours: Hours | null;
  rules: Rules;
  /** Counts its changes: whoever saves says which one they had before their eyes. */
  version: number;
}

export interface Block {
  id: number;
  /** The latest of theirs that may be known of: by it somebody without a name is called. */
  conversation: number | null;
  name: string | null;
  network: string | null;
  operator: Named;
  reason: string | null;
  created_at: number;
  until: number | null;
}
