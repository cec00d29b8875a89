/** One thing of an operator's that lies in this browser alone: no server hears of it. */
export class KeptHere<T> {
  private readonly key: string;

  /** `name` is what it is, `me` whose. */
  constructor(name: string, me: number) {
    this.key = `recado:${name}:${me}`;
  }

  /** Whether what a storage event tells of may be this; null: it is everything. */
  isAt(key: string | null): boolean {
    return key === null || key === this.key;
  }

  read(): T | null {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? 'null') as T | null;
    } catch {
      return null;
    }
  }

  write(value: T): void {
    try {
      localStorage.setItem(this.key, JSON.stringify(value));
    } catch {
      // It lies on this page alone then.
    }
  }

  drop(): void {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Where nothing is stored, nothing remains.
    }
  }
}
