/** What a screen shows of the server's: not there yet, there, or not to be had. */
import { call } from './backend.ts';
import { Latest } from './latest.ts';

export class Fetched<T> {
  protected readonly latest = new Latest();
  private readonly path: string;
  found = $state.raw<T | null>(null);
  /** It could not be had, and there is nothing to show. */
  failed = $state(false);

  constructor(path: string) {
    this.path = path;
  }

  get phase(): 'loading' | 'failed' | 'ready' {
    return this.found !== null ? 'ready' : this.failed ? 'failed' : 'loading';
  }

  /** False where what is shown may be out of date, and is to be asked for again. */
  load = async (): Promise<boolean> => {
    this.failed = false;
    const had = await this.latest.run(
      call<T>('GET', this.path),
      (found) => (this.found = found),
      () => (this.failed = this.found === null),
    );
    return had || this.found === null;
  };
}

/** A list of what is changed here one by one. */
export class Shelf<T extends { id: number }> extends Fetched<readonly T[]> {
  get items(): readonly T[] | null {
    return this.found;
  }

  /** One that is there. */
  get(id: number): T {
    return this.found!.find((one) => one.id === id)!;
  }

  /** Takes over one that was made or changed. */
  put(item: T): void {
    const known = this.found ?? [];
    const there = known.some((other) => other.id === item.id);
    this.set(there ? known.map((other) => (other.id === item.id ? item : other)) : [...known, item]);
  }

  remove(id: number): void {
    if (this.found) this.set(this.found.filter((other) => other.id !== id));
  }

  private set(items: readonly T[]): void {
    this.found = items;
    // What is on its way was read before this.
    if (this.latest.busy) void this.load();
  }
}
