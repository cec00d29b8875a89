/** Typing signs, theirs and ours. */
const FADES_MS = 6_000;
const EVERY_MS = 3_000;

export class Typing {
  /** Who is typing now; null when nobody is. */
  name: string | null = $state.raw(null);
  #fades: ReturnType<typeof setTimeout> | undefined;
  #toldAt = 0;

  /** Shows `name` for six seconds, or nobody. */
  show(name: string | null): void {
    clearTimeout(this.#fades);
    this.name = name;
    if (name !== null) this.#fades = setTimeout(() => (this.name = null), FADES_MS);
  }

  /** The visitor has typed: told at most every three seconds. `tell` answers whether it went out. */
  own(tell: () => boolean): void {
    const now = Date.now();
    if (now - this.#toldAt >= EVERY_MS && tell()) this.#toldAt = now;
  }
}
