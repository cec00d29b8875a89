/** What is set for everybody, as admins manage it: fetched when a screen opens, changed one by one. */
import type {
  Answers,
  Block,
  Department,
  Hours,
  Inbox,
  InboxWrite,
  InvitationItem,
  OperatorItem,
  Reason,
  ResetLink,
  Role,
  Rules,
  SecretMade,
} from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { watch } from './connection.svelte.ts';
import { session } from './session.svelte.ts';

/** A list as a screen sees it: not there yet, there, or not to be had. */
export class Shelf<T extends { id: number }> {
  private readonly path: string;
  items = $state.raw<readonly T[] | null>(null);
  failed = $state(false);

  constructor(path: string) {
    this.path = path;
  }

  get phase(): 'loading' | 'failed' | 'ready' {
    return this.items ? 'ready' : this.failed ? 'failed' : 'loading';
  }

  /** One that is there. */
  get(id: number): T {
    return this.items!.find((one) => one.id === id)!;
  }

  async load(): Promise<void> {
    this.failed = false;
    try {
      this.items = await call<T[]>('GET', this.path);
    } catch {
      this.failed = this.items === null;
    }
  }

  /** Takes over one that was made or changed. */
  put(item: T): void {
    const known = this.items ?? [];
    const there = known.some((other) => other.id === item.id);
    this.items = there ? known.map((other) => (other.id === item.id ? item : other)) : [...known, item];
  }

  remove(id: number): void {
    this.items = this.items?.filter((other) => other.id !== id) ?? null;
  }
}

export class SettingsState {
  readonly departments = new Shelf<Department>('/departments');
  readonly operators = new Shelf<OperatorItem>('/operators');
  readonly invitations = new Shelf<InvitationItem>('/invitations');
  readonly inboxes = new Shelf<Inbox>('/inboxes');
  readonly reasons = new Shelf<Reason>('/reasons');
  readonly blocks = new Shelf<Block>('/blocks');

  /** What other admins change is shown as soon as it is: by the same fetch as at first. */
  readonly connection = watch(() => this.load());

  start(): void {
    this.connection.start();
  }

  stop(): void {
    this.connection.stop();
  }

  /** All that this person may set: a supervisor sees the blocks alone. */
  async load(): Promise<void> {
    const admins = [this.departments, this.operators, this.invitations, this.inboxes, this.reasons];
    const mine = session.me?.role === 'admin' ? [...admins, this.blocks] : [this.blocks];
    await Promise.all(mine.map((shelf) => shelf.load()));
  }

  async addDepartment(name: string): Promise<Department> {
    const made = await call<Department>('POST', '/departments', { name });
    this.departments.put(made);
    return made;
  }

  async changeDepartment(id: number, patch: { name?: string; rules?: Rules; version: number }): Promise<void> {
    this.departments.put(await call<Department>('PATCH', `/departments/${id}`, patch));
    if (patch.name !== undefined) await Promise.all([this.operators.load(), this.inboxes.load()]);
  }

  async setHours(id: number, hours: Hours | null, version: number): Promise<void> {
    this.departments.put(await call<Department>('PUT', `/departments/${id}/hours`, { hours, version }));
  }

  /** Whether hours that are being written answer now, and until when. */
  lookAtHours(hours: Hours | null): Promise<Answers> {
    return call<Answers>('POST', '/hours/look', { hours });
  }

  zones(): Promise<string[]> {
    return call<string[]>('GET', '/zones');
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

  async unblock(id: number): Promise<void> {
    await call('DELETE', `/blocks/${id}`);
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
    await this.departments.load();
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
    await this.departments.load();
    return saved;
  }

  /** A new secret of an inbox; what it is, is told this once. */
  async addSecret(inbox: number): Promise<SecretMade> {
    const made = await call<SecretMade>('POST', `/inboxes/${inbox}/secrets`, {});
    await this.inboxes.load();
    return made;
  }

  async removeSecret(id: number): Promise<void> {
    await call('DELETE', `/secrets/${id}`);
    await this.inboxes.load();
  }
}
