/**
 * Where what was chosen and has not gone lies beyond its page: what it is called, here and at the server, which has its
 * bytes. It is its visitor's in all tabs, and one tab's alone for as long as that is busy with it.
 */
import { openChannel } from '@recado/shared/channel.ts';
import { hold, listHeld, type LetGo } from '@recado/shared/hold.ts';
import type { Draft } from '../frame/draft.svelte.ts';
import { put } from '../frame/storage.ts';

/** `id`: what the server calls it; null where it has not got that far. */
export interface LeftFile {
  readonly id: string | null;
  readonly name: string;
}

export interface Left {
  readonly files: readonly LeftFile[];
  readonly caption: string;
}

export class Shelf {
  readonly #draft: Draft;
  /** What all its places begin with. */
  readonly #root: string;
  readonly #tabs: BroadcastChannel | null;
  /** What this tab holds, and how to let go of it. */
  readonly #holds = new Map<string, LetGo>();
  /** Where something lies, as far as this tab knows: it wrote it, or found it and went on with it. */
  readonly #known = new Set<string>();

  /** `changed`: another tab has taken something, left something, or is done with it. */
  constructor(draft: Draft, changed: () => void) {
    this.#draft = draft;
    this.#root = `${draft.key}:files:`;
    this.#tabs = openChannel(this.#root);
    this.#tabs?.addEventListener('message', changed);
  }

  /** The places at which something lies, whoever is busy with it. */
  get places(): readonly string[] {
    const { storage } = this.#draft;
    const names = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
    return names.filter((name) => name.startsWith(this.#root)).sort();
  }

  /** What lies there and no tab is busy with, as it is written. */
  async loose(): Promise<ReadonlyMap<string, string>> {
    const held = await listHeld();
    const loose = this.places.filter((place) => !held.includes(place));
    return new Map(loose.map((place) => [place, this.#draft.storage.getItem(place) ?? '']));
  }

  /** A place for what is chosen now, by this tab. */
  begin(id: string): string {
    const place = this.#root + id;
    void this.take(place);
    return place;
  }

  /** Makes it this tab's alone; false where another tab is busy with it, or it does not lie there as it `was` any more. */
  async take(place: string, was?: string): Promise<boolean> {
    if (this.#holds.has(place)) return true;
    const free = await hold(place);
    if (free === null) return false;
    if (this.#holds.has(place)) void free();
    else this.#holds.set(place, free);
    const same = was === undefined || (this.#draft.storage.getItem(place) ?? '') === was;
    if (same) this.#tabs?.postMessage(0);
    else this.leave(place);
    return same;
  }

  /** Makes all of these this tab's alone, or none: where one of them is not to be had, or nobody wants them any more. */
  async takeAll(lying: ReadonlyMap<string, string>, wanted: () => boolean): Promise<boolean> {
    const taken = await Promise.all([...lying].map(([place, was]) => this.take(place, was)));
    const all = taken.every(Boolean) && wanted();
    if (!all) for (const place of lying.keys()) this.leave(place);
    return all;
  }

  write(place: string, left: Left): void {
    const text = left.files.length > 0 ? JSON.stringify(left) : '';
    const lies = this.#draft.storage.getItem(place);
    // All that is this visitor's was thrown away: it does not come back with the page's last breath.
    if (lies === null && this.#known.has(place)) return;
    if (text === '') this.#known.delete(place);
    else this.#known.add(place);
    if (text === (lies ?? '')) return;
    put(this.#draft.storage, place, text);
    // That there is something to be looked for when the chat is opened the next time, as for what was recorded.
    if (text !== '') put(this.#draft.storage, `${this.#draft.key}:voice`, '1');
  }

  /** Writes what is left of something that lay there; false where it does not lie there like that any more. */
  settle(place: string, was: string, left: Left): boolean {
    if (this.#draft.storage.getItem(place) !== was) return false;
    this.write(place, left);
    return true;
  }

  /** Lets any tab take it. */
  leave(place: string): void {
    const free = this.#holds.get(place);
    this.#holds.delete(place);
    void free?.().then(() => this.#tabs?.postMessage(0));
  }

  /** It has gone, or was put away. */
  drop(place: string): void {
    this.write(place, { files: [], caption: '' });
    this.leave(place);
  }
}
