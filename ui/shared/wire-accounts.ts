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

/** Something that was done with power over others. `operator` null: the desk itself. */
export interface AuditItem {
  id: number;
  at: number;
  kind: string;
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
