/** The audit log as a screen reads it: newest first, narrowed by kind or person, page by page, and kept true meanwhile. */
import type { AuditItem, AuditPage } from '@recado/shared/wire.ts';
import { call } from './backend.ts';

export class AuditState {
  items = $state.raw<readonly AuditItem[] | null>(null);
  failed = $state(false);
  /** Where the next page begins; null at the end. */
  next = $state<number | null>(null);
  kind = $state('');
  person = $state('');
  busy = $state(false);
  /** Grows with each change of what is asked for, so that an answer to an older question is dropped. */
  private asked = 0;

  async narrow(kind: string, person: string): Promise<void> {
    this.kind = kind;
    this.person = person;
    this.items = null;
    await this.load();
  }

  /** The newest lines anew; what was read further down stays where both meet. */
  async load(): Promise<void> {
    const asked = ++this.asked;
    this.failed = false;
    try {
      const page = await this.fetch(null);
      if (asked === this.asked) this.take(page);
    } catch {
      if (asked === this.asked) this.failed = this.items === null;
    }
  }

  async more(): Promise<void> {
    if (this.next === null || this.busy) return;
    this.busy = true;
    const { kind, person } = this;
    try {
      const page = await this.fetch(this.next);
      if (this.items === null || kind !== this.kind || person !== this.person) return;
      const last = this.items.at(-1)?.id ?? Infinity;
      this.items = [...this.items, ...page.items.filter((one) => one.id < last)];
      this.next = page.next;
    } finally {
      this.busy = false;
    }
  }

  private take(page: AuditPage): void {
    const oldest = page.items.at(-1)?.id ?? 0;
    const below = this.items?.filter((one) => one.id < oldest) ?? [];
    const meets = page.next !== null && (this.items ?? []).some((one) => one.id === oldest);
    this.items = meets ? [...page.items, ...below] : page.items;
    if (!meets || below.length === 0) this.next = page.next;
  }

  private fetch(before: number | null): Promise<AuditPage> {
    const query = new URLSearchParams();
    if (before !== null) query.set('before', String(before));
    if (this.kind !== '') query.set('kind', this.kind);
    if (this.person !== '') query.set('operator', this.person);
    return call<AuditPage>('GET', `/audit?${query}`);
  }
}
