/**
 * Files that were on their way when their page was left. Whoever leaves is asked first; who comes back in the same tab is told
 * which ones are not there, until they were chosen again or that was read.
 */
import type { Mode } from '@recado/shared/wire.ts';
import { placeOf, type Place } from './draft-shelf.ts';
import { session } from './session.svelte.ts';

/** Something that sends files; `place` null: they belong to no draft. */
interface Source {
  readonly place: Place | null;
  readonly coming: readonly { readonly file: File }[];
}

type Names = ReadonlyMap<Place, readonly string[]>;

class CutShort {
  private readonly sources = new Set<Source>();
  private known = $state.raw<Names | null>(null);

  /** Looks after what it sends from now on. */
  watch(source: Source): void {
    for (const one of this.sources) if (one.coming.length === 0) this.sources.delete(one);
    this.sources.add(source);
  }

  /** What would be cut by leaving the page, by name. */
  get coming(): readonly string[] {
    return [...this.sources].flatMap(({ coming }) => coming.map(({ file }) => file.name));
  }

  /** Who signs out was asked: nobody is asked again, or told. */
  clear(): void {
    this.sources.clear();
    this.known = null;
    this.keep(new Map());
  }

  /** The page is being left. */
  note = (): void => {
    const names = new Map(this.names);
    for (const { place, coming } of this.sources)
      if (place !== null) names.set(place, [...(names.get(place) ?? []), ...coming.map(({ file }) => file.name)]);
    this.keep(names);
  };

  of(conversation: number, mode: Mode): readonly string[] {
    return this.names.get(placeOf(conversation, mode)) ?? [];
  }

  /** They were chosen again; `names` null: it was read. */
  forget(conversation: number, mode: Mode, names: readonly string[] | null = null): void {
    const left = this.of(conversation, mode).filter((name) => names !== null && !names.includes(name));
    this.known = new Map(this.names).set(placeOf(conversation, mode), left);
    this.keep(this.known);
  }

  private get key(): string {
    return `recado:cut:${session.me?.id}`;
  }

  private get names(): Names {
    try {
      return this.known ?? new Map(JSON.parse(sessionStorage.getItem(this.key) ?? '[]') as [Place, string[]][]);
    } catch {
      return new Map();
    }
  }

  private keep(names: Names): void {
    const some = [...names].filter(([, all]) => all.length > 0);
    try {
      if (some.length > 0) sessionStorage.setItem(this.key, JSON.stringify(some));
      else sessionStorage.removeItem(this.key);
    } catch {
      // Where nothing can be kept, nothing is told.
    }
  }
}

export const cutShort = new CutShort();
