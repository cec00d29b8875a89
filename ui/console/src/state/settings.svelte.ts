/** Departments, operators and inboxes as the admin manages them: fetched when a screen opens, changed one by one. */
import type { Department, Inbox, InboxWrite, InvitationItem, OperatorItem, ResetLink, Role } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { Watch } from './watch.ts';

/** A list as a screen sees it: not there yet, there, or not to be had. */
export class Shelf<T extends { id: number }> {
  private readonly path: string;
  items = $state.raw<readonly T[] | null>(null);
  failed = $state(false);

  constructor(path: string) {
    this.path = path;
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

  /** What other admins change is shown as soon as it is: by the same fetch as at first. */
  private readonly watch = new Watch(() => this.load());

  start(): void {
    this.watch.start();
  }

  stop(): void {
    this.watch.stop();
  }

  async load(): Promise<void> {
    await Promise.all([this.departments, this.operators, this.invitations, this.inboxes].map((shelf) => shelf.load()));
  }

  async addDepartment(name: string): Promise<void> {
    this.departments.put(await call<Department>('POST', '/departments', { name }));
  }

  async renameDepartment(id: number, name: string): Promise<void> {
    this.departments.put(await call<Department>('PATCH', `/departments/${id}`, { name }));
    await Promise.all([this.operators.load(), this.inboxes.load()]);
  }

  async changeOperator(
    id: number,
    patch: { role?: Role; departments?: number[]; disabled?: boolean; name?: string },
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
}
