/** The shapes of accounts: one's own sessions, links for a new password, and the audit log. */

/** One of one's own sessions. `current`: the one that asks. */
export interface SessionItem {
  id: string;
  browser: string | null;
  system: string | null;
  address: string | null;
  created_at: number;
  seen_at: number;
  current: boolean;
}

/** Only in the answer to the request that made it; never shown again. */
export interface ResetLink {
  operator: number;
  expires_at: number;
  link: string;
}

export interface ResetLook {
  name: string;
  username: string;
}

export type AuditKind =
  | 'block'
  | 'conversation.moved'
  | 'department.changed'
  | 'department.created'
  | 'inbox.changed'
  | 'inbox.created'
  | 'installation.set_up'
  | 'invitation.withdrawn'
  | 'look_in'
  | 'notices.changed'
  | 'operator.changed'
  | 'operator.invited'
  | 'operator.joined'
  | 'password.changed'
  | 'password.reset'
  | 'reasons.changed'
  | 'replies.changed'
  | 'file_rules.changed'
  | 'reset_link.made'
  | 'unblock';

/** Something that was done with power over others. `operator` null: the desk itself. */
export interface AuditItem {
  id: number;
  at: number;
  kind: AuditKind;
  operator: number | null;
  about: string;
  about_id: number;
  detail: Record<string, unknown>;
}

/** Newest first; `next` continues below. */
export interface AuditPage {
  items: AuditItem[];
  next: number | null;
}
