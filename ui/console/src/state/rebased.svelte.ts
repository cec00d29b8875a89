/**
 * A form over something that others may change meanwhile.
 *
 * A part of a field (`merging.ts`) follows what others set until it is touched here; then it is mine. Where both have changed
 * the same part, mine stays and the form says so there: nothing is overwritten that nobody has seen.
 */
import { ApiProblem } from '@recado/shared/api.ts';
import { untrack } from 'svelte';
import { merge, partAt, renamed, same, taken } from './merging.ts';

/** By what the store will call those parts of what is sent that have another name here: the name here. */
type Named<T> = (sent: T) => ReadonlyMap<string, string>;

const left = new Map<string, Rebased<object>>();

/** The form of this name as it was left on this page, or a new one: who looks something up elsewhere loses nothing. */
export function resumed<T extends object>(name: string, now: T, whole: readonly string[] = [], named?: Named<T>): Rebased<T> {
  const known = left.get(name) as unknown as Rebased<T> | undefined;
  const form = known?.changed ? known : new Rebased(now, whole, named);
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
  private clashing = $state.raw<readonly string[]>([]);
  /** While it is being saved, what is stored may be this page's own doing: it is looked at when that is known. */
  private saving = false;
  private arrived: T | null = null;
  private read = (): T => this.stored;
  private readonly whole: readonly string[];
  private readonly named: Named<T>;
  /** A part that was made or renamed here keeps its name here, whatever the store calls it: somebody may be typing in it. */
  private readonly names = new Map<string, string>();

  /** `whole`: names of parts that are one with what is in them. */
  constructor(now: T, whole: readonly string[] = [], named: Named<T> = () => new Map()) {
    this.stored = now;
    this.mine = structuredClone(now);
    this.whole = whole;
    this.named = named;
  }

  /** The fields that are not as they are stored. */
  get changes(): (keyof T)[] {
    return (Object.keys(this.stored) as (keyof T)[]).filter((field) => !same(this.mine[field], this.stored[field]));
  }

  get changed(): boolean {
    return this.changes.length > 0;
  }

  /** The paths of what somebody else has set to something else while it was being edited here. */
  get clashes(): string[] {
    return this.clashing.filter((path) => !same(partAt(this.mine, path), partAt(this.stored, path)));
  }

  /** Keeps to what is stored, as `read` says it, while the component lives that calls this. */
  follow(read: () => T): void {
    this.read = read;
    $effect(() => {
      const now = read();
      untrack(() => this.rebase(now));
    });
  }

  /** Takes over what is stored now, for every part that is not being edited. */
  rebase(now: T): void {
    if (this.saving) {
      this.arrived = now;
      return;
    }
    this.clash([...this.clashing, ...this.lay(this.stored, now)]);
  }

  private clash(all: readonly string[]): void {
    // What is in something that has clashed as a whole is said with it.
    this.clashing = [...new Set(all)].filter((path) => !all.some((other) => path.startsWith(`${other}.`)));
    this.clashing = this.clashes;
  }

  /** It is stored: what has been typed since then is all that is still mine. */
  private settle(sent: T): void {
    const now = this.arrived ?? sent;
    this.saving = false;
    this.arrived = null;
    for (const [theirs, mine] of this.named(sent)) this.names.set(theirs, mine);
    this.clash(this.lay(sent, now));
  }

  /** Lays what is mine, which began as `base`, over what is stored now; gives the paths of what both have set. */
  private lay(base: T, now: T): string[] {
    const called = renamed(now, this.names) as T;
    const { value, clashes } = merge(base, $state.snapshot(this.mine), called, this.whole);
    this.stored = called;
    this.put(value as T);
    return clashes;
  }

  private put(value: T): void {
    for (const field of Object.keys(value) as (keyof T)[])
      if (!same(this.mine[field], value[field])) this.mine[field] = structuredClone(value[field]);
  }

  private resume(): void {
    this.saving = false;
    const now = this.arrived;
    this.arrived = null;
    if (now) this.rebase(now);
  }

  /** Gives a part up for what is stored. */
  take(path: string): void {
    this.put(taken($state.snapshot(this.mine), this.stored, path) as T);
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
