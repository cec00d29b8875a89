/** What is set for everybody, as admins manage it: fetched when a screen opens, changed one by one. */
import type {
  Attachment,
  Block,
  Choices,
  Department,
  FileRules,
  FormatName,
  Hours,
  Imported,
  Inbox,
  InboxWrite,
  InvitationItem,
  NoticeDefaults,
  OperatorItem,
  Reason,
  Reply,
  ReplyWrite,
  ResetLink,
  Role,
  Rules,
  SecretMade,
  Upload,
} from '@recado/shared/wire.ts';
import { doorOf, Sending } from './attaching.svelte.ts';
import { AuditState } from './audit.svelte.ts';
import { call } from './backend.ts';
import { watch } from './connection.svelte.ts';
import { Fetched, Shelf } from './fetched.svelte.ts';
import * as moves from './moves.ts';
import { session } from './session.svelte.ts';

/** What is noted without a change of people or settings is told to nobody: it is looked for so often. */
const AUDIT_EVERY_MS = 10_000;

/** Of replies that are thrown away together: what the server takes at once. */
const REMOVED_AT_ONCE = 200;

/** What a change brings along in other lists, the server tells of as of anybody's change. */
export class SettingsState {
  readonly departments = new Shelf<Department>('/departments');
  readonly operators = new Shelf<OperatorItem>('/operators');
  readonly invitations = new Shelf<InvitationItem>('/invitations');
  readonly inboxes = new Shelf<Inbox>('/inboxes');
  readonly reasons = new Shelf<Reason>('/reasons');
  readonly blocks = new Shelf<Block>('/blocks');
  readonly replies = new Shelf<Reply>('/replies');
  readonly fileRules = new Fetched<FileRules>('/files/rules');
  readonly noticeDefaults = new Fetched<NoticeDefaults>('/settings/notices');
  /** The time zones that hours can be in: they are asked for where one is chosen, and stay. */
  readonly zones = new Fetched<readonly string[]>('/zones');

  readonly audit = new AuditState();
  private audited = false;

  /** What other admins change is shown as soon as it is: by the same fetch as at first. */
  readonly connection = watch(
    () => this.load(),
    (event) => {
      if (event.type === 'replies.changed') void this.replies.load();
    },
  );

  start(): void {
    this.connection.start();
  }

  stop(): void {
    this.connection.stop();
  }

  /** All that this person may set. False as for a list. */
  async load(): Promise<boolean> {
    const admins = [this.departments, this.operators, this.invitations, this.inboxes, this.reasons, this.fileRules, this.noticeDefaults];
    const role = session.me?.role;
    const mine = [this.replies, ...(role === 'operator' ? [] : [this.blocks]), ...(role === 'admin' ? admins : [])];
    // What is noted is looked for regularly anyhow.
    if (this.audited) void this.audit.load();
    return (await Promise.all(mine.map((shelf) => shelf.load()))).every(Boolean);
  }

  /** Keeps the audit log true while it is shown, until what this gives is called. */
  showAudit(): () => void {
    const look = () => !document.hidden && this.connection.well && void this.audit.load();
    this.audited = true;
    look();
    const looking = setInterval(look, AUDIT_EVERY_MS);
    return () => {
      this.audited = false;
      clearInterval(looking);
    };
  }

  async addDepartment(name: string): Promise<Department> {
    const made = await call<Department>('POST', '/departments', { name });
    this.departments.put(made);
    return made;
  }

  async changeDepartment(id: number, patch: { name?: string; rules?: Rules; version: number }): Promise<void> {
    this.departments.put(await call<Department>('PATCH', `/departments/${id}`, patch));
  }

  async setHours(id: number, hours: Hours | null, version: number): Promise<void> {
    this.departments.put(await call<Department>('PUT', `/departments/${id}/hours`, { hours, version }));
  }

  async addReason(name: string): Promise<void> {
    this.reasons.put(await call<Reason>('POST', '/reasons', { name }));
  }

  /** `before`: the reason in front of which it goes, null for the end. */
  async changeReason(
    id: number,
    patch: { name?: string; retired?: boolean; before?: number | null; version?: number },
  ): Promise<void> {
    this.reasons.put(await call<Reason>('PATCH', `/reasons/${id}`, patch));
    if (patch.before !== undefined) await this.reasons.load();
  }

  async saveReply(id: number | null, form: ReplyWrite): Promise<void> {
    const saved =
      id === null ? await call<Reply>('POST', '/replies', form) : await call<Reply>('PUT', `/replies/${id}`, form);
    this.replies.put(saved);
  }

  /** A way in for files of quick replies. */
  async sendForReplies(onReady: (file: Attachment) => void): Promise<Sending> {
    const door = doorOf((file) => call<Upload>('POST', '/replies/uploads', file));
    return new Sending(await call<FileRules>('GET', '/files/rules'), door, onReady);
  }

  /** Lets go of files that were loaded for a reply which does not have them. */
  async dropLoaded(files: readonly Attachment[]): Promise<void> {
    await Promise.allSettled(files.map(({ id }) => call('DELETE', `/uploads/${id}`)));
  }

  /** `before`: the reply in front of which it goes, null for the end. */
  async placeReply(id: number, before: number | null): Promise<void> {
    await call('POST', `/replies/${id}/place`, { before });
    await this.replies.load();
  }

  async removeReply(id: number): Promise<void> {
    await call('DELETE', `/replies/${id}`);
    this.replies.remove(id);
  }

  /** Throws several away, some at a time. Asked again, those that have gone are no mistake. */
  async removeReplies(ids: readonly number[]): Promise<void> {
    try {
      for (let at = 0; at < ids.length; at += REMOVED_AT_ONCE)
        await call('POST', '/replies/removal', { ids: ids.slice(at, at + REMOVED_AT_ONCE) });
    } finally {
      await this.replies.load();
    }
  }

  /** The replies as a table that can be taken in again. */
  async replyTable(): Promise<string> {
    return (await call<{ csv: string }>('GET', '/replies/table')).csv;
  }

  async importReplies(csv: string): Promise<Imported> {
    const result = await call<Imported>('POST', '/replies/table', { csv });
    if (result.created + result.changed > 0) await this.replies.load();
    return result;
  }

  async saveFileRules(formats: readonly { name: FormatName; max_bytes: number }[], version: number): Promise<void> {
    this.fileRules.found = await call<FileRules>('PUT', '/files/rules', { formats, version });
  }

  async saveNoticeDefaults(choices: Choices, version: number): Promise<void> {
    this.noticeDefaults.found = await call<NoticeDefaults>('PUT', '/settings/notices', { choices, version });
  }

  async unblock(id: number): Promise<void> {
    await moves.unblock(id);
    this.blocks.remove(id);
  }

  async changeOperator(
    id: number,
    patch: {
      role?: Role;
      departments?: number[];
      disabled?: boolean;
      name?: string;
      chat_limit?: number | null;
      version?: number;
    },
  ): Promise<void> {
    this.operators.put(await call<OperatorItem>('PATCH', `/operators/${id}`, patch));
  }

  /** A link for a colleague's new password, which is told this once. */
  resetLink(id: number): Promise<ResetLink> {
    return call<ResetLink>('POST', `/operators/${id}/reset-link`, {});
  }

  /** The invitation with its link, which is told this once. */
  async invite(form: { role: Role; departments: number[]; name?: string }): Promise<InvitationItem> {
    const made = await call<InvitationItem>('POST', '/invitations', form);
    this.invitations.put({ ...made, link: undefined });
    return made;
  }

  async withdraw(id: number): Promise<void> {
    await call('DELETE', `/invitations/${id}`);
    this.invitations.remove(id);
  }

  async saveInbox(id: number | null, form: InboxWrite): Promise<Inbox> {
    const saved =
      id === null ? await call<Inbox>('POST', '/inboxes', form) : await call<Inbox>('PATCH', `/inboxes/${id}`, form);
    this.inboxes.put(saved);
    return saved;
  }

  /** A new secret of an inbox; what it is, is told this once. */
  addSecret(inbox: number): Promise<SecretMade> {
    return call<SecretMade>('POST', `/inboxes/${inbox}/secrets`, {});
  }

  removeSecret(id: number): Promise<void> {
    return call('DELETE', `/secrets/${id}`);
  }
}
