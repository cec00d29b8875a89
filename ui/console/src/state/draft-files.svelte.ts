/** The files of drafts: those that the server has, and those on their way there from this page. */
import { SvelteMap } from 'svelte/reactivity';
import type { Attachment, Draft, Mode } from '@recado/shared/wire.ts';
import type { Attaching } from './attaching.svelte.ts';
import { call } from './backend.ts';
import { partsOf, placeOf, type Place } from './draft-shelf.ts';

const NONE: readonly Attachment[] = [];

export class DraftFiles {
  private readonly kept = new SvelteMap<Place, readonly Attachment[]>();
  /** What this page sends, for as long as it lives: also while another conversation is open. */
  private readonly coming = new SvelteMap<Place, Attaching>();
  /** When each place last changed here: a fetch that began before knows nothing of it. */
  private readonly touched = new Map<Place, number>();
  private readonly tick: () => number;

  constructor(tick: () => number) {
    this.tick = tick;
  }

  of(conversation: number, mode: Mode): readonly Attachment[] {
    return this.kept.get(placeOf(conversation, mode)) ?? NONE;
  }

  attaching(conversation: number, mode: Mode): Attaching | undefined {
    return this.coming.get(placeOf(conversation, mode));
  }

  keepAttaching(attaching: Attaching): void {
    this.coming.set(placeOf(attaching.conversation, attaching.mode), attaching);
  }

  /** What the server says of the drafts of some conversations, as it was asked at a moment. */
  follow(drafts: readonly Draft[], began: number, ofThese: (conversation: number) => boolean): void {
    const told = new Map(drafts.flatMap(({ conversation, mode, files }) => (conversation === null ? [] : [[placeOf(conversation, mode), files] as const])));
    const known = [...this.kept.keys()].filter((place) => ofThese(partsOf(place).conversation));
    for (const place of new Set([...known, ...told.keys()]))
      if ((this.touched.get(place) ?? 0) <= began) this.put(place, told.get(place) ?? NONE);
  }

  /** `rank`: which comes before which, by their ids; those that this page knows nothing of come first. */
  add(conversation: number, mode: Mode, file: Attachment, rank: (id: string) => number = () => -1): void {
    const others = this.of(conversation, mode).filter(({ id }) => id !== file.id);
    const files = [...others, file].sort((a, b) => rank(a.id) - rank(b.id));
    this.change(placeOf(conversation, mode), files);
  }

  /** Gives one up. Rejects where that could not be told the server. */
  async remove(conversation: number, mode: Mode, file: Attachment): Promise<void> {
    const place = placeOf(conversation, mode);
    this.change(place, this.of(conversation, mode).filter(({ id }) => id !== file.id));
    try {
      await call('DELETE', `/uploads/${file.id}`);
    } catch (error) {
      this.add(conversation, mode, file);
      throw error;
    }
  }

  private change(place: Place, files: readonly Attachment[]): void {
    this.touched.set(place, this.tick());
    this.put(place, files);
  }

  private put(place: Place, files: readonly Attachment[]): void {
    if (files.length === 0) this.kept.delete(place);
    else this.kept.set(place, files);
  }
}
