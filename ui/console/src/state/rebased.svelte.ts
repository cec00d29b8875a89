/**
 * A form over something that others may change meanwhile.
 *
 * A field follows what others set until it is touched here; then it is mine. Where both have changed the same field, mine
 * stays and the field says so: nothing is overwritten that nobody has seen.
 */
import { ApiProblem } from '@recado/shared/api.ts';
import { untrack } from 'svelte';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const left = new Map<string, Rebased<object>>();

/** The form of this name as it was left on this page, or a new one: who looks something up elsewhere loses nothing. */
export function resumed<T extends object>(name: string, now: T): Rebased<T> {
  const known = left.get(name) as unknown as Rebased<T> | undefined;
  const form = known?.changed ? known : new Rebased(now);
  left.set(name, form as unknown as Rebased<object>);
  return form;
}

/** What somebody has left unsaved is nobody else's: it goes with them. */
export function forgetLeft(): void {
  left.clear();
}

export class Rebased<T extends object> {
  /** What is stored, as far as this page has heard. */
  stored = $state.raw() as T;
  mine = $state() as T;
  private clashing = $state.raw<readonly (keyof T)[]>([]);
  /** While it is being saved, what is stored may be this page's own doing: it is looked at when that is known. */
  private saving = false;
  private arrived: T | null = null;
  private read = (): T => this.stored;

  constructor(now: T) {
    this.stored = now;
    this.mine = structuredClone(now);
  }

  /** The fields that are not as they are stored. */
  get changes(): (keyof T)[] {
    return (Object.keys(this.stored) as (keyof T)[]).filter((field) => !same(this.mine[field], this.stored[field]));
  }

  get changed(): boolean {
    return this.changes.length > 0;
  }

  /** The fields that somebody else has set to something else while they were being edited here. */
  get clashes(): (keyof T)[] {
    return this.clashing.filter((field) => this.changes.includes(field));
  }

  /** Keeps to what is stored, as `read` says it, while the component lives that calls this. */
  follow(read: () => T): void {
    this.read = read;
    $effect(() => {
      const now = read();
      untrack(() => this.rebase(now));
    });
  }

  /** Takes over what is stored now, for every field that is not being edited. */
  rebase(now: T): void {
    if (this.saving) {
      this.arrived = now;
      return;
    }
    const edited = this.changes;
    const set = edited.filter((field) => !same(now[field], this.stored[field]));
    this.stored = now;
    for (const field of Object.keys(now) as (keyof T)[]) if (!edited.includes(field)) this.take(field);
    this.clashing = [...new Set([...this.clashing, ...set])].filter((field) => this.changes.includes(field));
  }

  /** It is stored: what has been typed since then is all that is still mine. */
  private settle(sent: T): void {
    this.stored = this.arrived ?? sent;
    this.saving = false;
    this.arrived = null;
    this.clashing = [];
    for (const field of Object.keys(sent) as (keyof T)[]) if (same(this.mine[field], sent[field])) this.take(field);
  }

  private resume(): void {
    this.saving = false;
    const now = this.arrived;
    this.arrived = null;
    if (now) this.rebase(now);
  }

  /** Gives a field up for what is stored. */
  take(field: keyof T): void {
    if (!same(this.mine[field], this.stored[field])) this.mine[field] = structuredClone(this.stored[field]);
  }

  /** Gives everything up. */
  undo(): void {
    this.mine = structuredClone(this.stored);
    this.clashing = [];
  }

  /**
   * Stores it by `send`. Where somebody was quicker, what is stored is fetched anew, this is laid over it and sent again,
   * unless they have set the same field: that is shown first.
   */
  async save(send: () => Promise<unknown>, refetch: () => Promise<unknown>): Promise<void> {
    for (let left = 3; ; left--) {
      const sent = $state.snapshot(this.mine) as T;
      try {
        this.saving = true;
        await send();
        this.settle(sent);
        return;
      } catch (error) {
        this.resume();
        if (left === 0 || !(error instanceof ApiProblem && error.code === 'outdated')) throw error;
        await refetch();
        this.rebase(this.read());
        if (this.clashes.length > 0) throw error;
      }
    }
  }
}
