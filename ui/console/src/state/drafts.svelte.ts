/**
 * What is being written, one answer and one note for each conversation, and a text for the files of each: on the server after a
 * moment, and in this browser at once, so that neither a closed page nor a lost connection takes a word.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Draft, Mode } from '@recado/shared/wire.ts';
import { ApiProblem } from '@recado/shared/api.ts';
import { call } from './backend.ts';
import { DraftFiles } from './draft-files.svelte.ts';
import { captionOf, DraftShelf, inOrder, partsOf, placeOf, SLOTS, written } from './draft-shelf.ts';
import { orphansAmong, textsOf, type Kept, type Lost, type Place, type Slot } from './draft-shelf.ts';
import { isDirect, pathOf } from './owners.ts';
import { joined, standsIn, type Words } from './words.ts';

const SAVE_AFTER_MS = 700;

export class Drafts {
  readonly files = new DraftFiles(() => (this.now += 1));
  private readonly texts = new SvelteMap<Place, string>();
  private readonly timers = new Map<Place, ReturnType<typeof setTimeout>>();
  private readonly saving = new Set<Place>();
  /** What was written here and the server lacks. */
  private readonly unsaved = new Set<Place>();
  /** When each text last changed here or reached the server: a fetch that began before knows nothing of it. */
  private readonly touched = new Map<Place, number>();
  private now = 0;
  /** What was written on this very page, as against taken over from the server or another page. */
  private readonly own = new Set<Place>();
  /** Where another page of mine writes something else: what stands here is kept until that has gone. */
  private readonly contested = new Set<Place>();
  /** The words that have gone, as the server may still have them. */
  private readonly over = new Map<Place, string>();
  /** What this page has last given to the server, or been told by it. */
  private readonly known = new Map<Place, string>();
  private readonly shelf: DraftShelf;
  /** Texts without a conversation: the server's, and those that were on their way when somebody else was quicker. */
  private served = $state.raw<readonly Draft[]>([]);
  private kept = $state.raw<readonly Lost[]>([]);
  private stores = true;
  private readonly nameOf: (conversation: number) => string | undefined;

  /** `nameOf`: whom a conversation is with, or was when it was last heard of. */
  constructor(me: number, nameOf: (conversation: number) => string | undefined = () => undefined) {
    this.nameOf = nameOf;
    this.shelf = new DraftShelf(me);
    this.look();
    for (const [place, kept] of this.shelf.all()) {
      if (kept.body !== '') this.texts.set(place, kept.body);
      if (kept.dirty) this.unsaved.add(place);
      if (kept.over !== undefined) this.over.set(place, kept.over);
    }
  }

  /** Another page of mine has kept something. */
  heard = (event: StorageEvent): void => {
    this.look();
    const told = this.shelf.heard(event);
    if (told) this.meet(told.place, told.kept);
  };

  /** What was written here stays, and is the server's again, once what that page has put in its place was sent. */
  private meet(place: Place, { body, dirty, over = '' }: Kept): void {
    const mine = this.texts.get(place);
    if (body === mine && !dirty) this.known.set(place, body);
    // Into an empty box comes nothing: it is free for something else.
    if (mine === undefined || body === mine) return;
    // Here it was only shown; or there it was carried on, or sent.
    if (!this.own.has(place) || (body || over).startsWith(mine)) this.show(place, body, over);
    else if (body !== '') this.contested.add(place);
    else this.set(partsOf(place).conversation, mine, partsOf(place).slot);
  }

  /** What another page of mine has put there, also where that is nothing: it sees to it that the server has it. */
  private show(place: Place, body: string, over: string): void {
    if (body === '') this.texts.delete(place);
    else this.texts.set(place, body);
    // A save of this page that is under way comes before nothing.
    if (body === '') this.over.set(place, this.known.get(place) || over);
    else this.over.delete(place);
    this.own.delete(place);
    this.contested.delete(place);
    this.touch(place);
  }

  /** What is kept may have come from another page of mine; where this browser stores no more, what this page knows goes. */
  look = (): void => {
    if (this.stores) this.kept = this.shelf.lost;
  };

  /** Texts of mine that were not sent and whose conversation is no longer mine to write in: each once, as they were written. */
  get orphans(): readonly Lost[] {
    const known = new Set(this.served.map((draft) => draft.body));
    const kept = (draft: Draft): Lost | undefined => this.kept.find(({ body }) => body === draft.body);
    const served = this.served.map((draft) => ({ from: draft.written_in, ...kept(draft), ...draft }));
    return inOrder([...served, ...this.kept.filter((draft) => !known.has(draft.body))]);
  }

  /** What I had not sent in one conversation when it went. */
  keptOf(conversation: number): Words {
    return { answer: joined(...this.keptIn(conversation, 'answer')), note: joined(...this.keptIn(conversation, 'note')) };
  }

  private keptIn(conversation: number, mode: Mode): string[] {
    const mine = this.kept.filter((draft) => draft.from === conversation && draft.mode === mode);
    return inOrder(mine).map(({ body }) => body);
  }

  get(conversation: number, slot: Slot = 'answer'): string {
    return this.texts.get(placeOf(conversation, slot)) ?? '';
  }

  /** All that was written for one side: by itself, and for files. */
  private readonly allOf = (conversation: number, mode: Mode): string =>
    joined(this.get(conversation, mode), this.get(conversation, captionOf(mode)));

  /** Asked for before a fetch begins, and handed in with what it says. */
  get moment(): number {
    return this.now;
  }

  /** Takes over all drafts of the server's of one kind, also those that are gone, except where this browser has words the server lacks. */
  takeOver(drafts: readonly Draft[], began: number, colleagues = false): void {
    const ofThese = (owner: number): boolean => isDirect(owner) === colleagues;
    this.served = [...this.served.filter(({ written_in }) => !ofThese(written_in)), ...orphansAmong(drafts)];
    this.files.follow(drafts, began, ofThese);
    for (const { conversation, mode } of [...this.texts.keys()].map(partsOf)) {
      const body = this.allOf(conversation, mode);
      if (this.servedAs({ body, mode }) !== undefined) this.keep(body, mode, conversation);
    }
    this.followServed();
    const local = this.shelf.all();
    const places = [...new Set([...this.texts.keys(), ...local.keys()])];
    this.follow(places.filter((place) => ofThese(partsOf(place).conversation)), drafts, began, local);
    for (const place of this.unsaved) this.schedule(place);
  }

  private readonly servedAs = ({ body, mode }: Pick<Draft, 'body' | 'mode'>): number | undefined =>
    this.served.find((draft) => draft.body === body && draft.mode === mode)?.id;

  /** Of what is kept here, that which the server has goes when it goes there: it was thrown away on another page. */
  private followServed(): void {
    this.look();
    const now = this.kept.flatMap((one) => {
      const served = this.servedAs(one);
      if (served === undefined) return one.served === undefined ? [one] : [];
      return served === one.served ? [one] : [{ ...one, served }];
    });
    if (now.length !== this.kept.length || now.some((one, at) => one !== this.kept[at])) this.keepAll(now);
  }

  /** The same for the drafts of one conversation. */
  adopt(conversation: number, drafts: readonly Draft[], began: number): void {
    this.served = this.served.filter(({ id }) => !drafts.some((draft) => draft.id === id));
    this.files.follow(drafts, began, (owner) => owner === conversation);
    this.follow(SLOTS.map((slot) => placeOf(conversation, slot)), drafts, began);
  }

  private follow(known: readonly Place[], drafts: readonly Draft[], began: number, local = this.shelf.all()): void {
    const told = textsOf(drafts);
    for (const place of new Set([...known, ...told.keys()])) {
      const mine = this.unsaved.has(place) || this.contested.has(place) || local.get(place)?.dirty;
      if (mine || (this.touched.get(place) ?? 0) > began) continue;
      const body = told.get(place);
      if (body === undefined) this.drop(place);
      else this.take(place, body);
    }
  }

  set(conversation: number, body: string, slot: Slot = 'answer'): void {
    const [place, before] = [placeOf(conversation, slot), this.get(conversation, slot)];
    const over = this.known.get(place) || before;
    this.write(place, body);
    this.over.delete(place);
    this.shelf.put(place, body === '' ? { body, dirty: true, over } : { body, dirty: true });
    this.schedule(place);
  }

  /** The text has been sent: the server forgets it without delay, but nothing that another page has put in its place. */
  clear(conversation: number, slot: Slot = 'answer'): void {
    const [place, body] = [placeOf(conversation, slot), this.get(conversation, slot)];
    const over = this.known.get(place) || body;
    this.write(place, '');
    this.over.set(place, over);
    this.shelf.replace(place, body, { body: '', dirty: true, over });
    void this.save(place);
  }

  private write(place: Place, body: string): void {
    if (body === '') this.texts.delete(place);
    else this.texts.set(place, body);
    if (body === '') this.own.delete(place);
    else this.own.add(place);
    this.contested.delete(place);
    this.unsaved.add(place);
    this.touch(place);
  }

  /** What the server has. */
  private take(place: Place, body: string): void {
    if (this.texts.get(place) !== body) this.own.delete(place);
    this.texts.set(place, body);
    this.known.set(place, body);
  }

  /** The conversation has gone to somebody else: nothing of it is kept here any more. Gives what was being written. */
  forget(conversation: number): Words {
    return { answer: this.forgetOne(conversation, 'answer'), note: this.forgetOne(conversation, 'note') };
  }

  /** The same for one side. */
  forgetOne(conversation: number, mode: Mode): string {
    const body = this.allOf(conversation, mode);
    for (const place of [mode, captionOf(mode)].map((slot) => placeOf(conversation, slot))) {
      clearTimeout(this.timers.get(place));
      this.touch(place);
      this.drop(place);
    }
    return body;
  }

  /**
   * Words that were not sent, written `at` that moment in milliseconds, are kept in this browser until they are thrown away, or
   * `from` is mine to write in again.
   */
  keep(body: string, mode: Mode = 'answer', from?: number, at = Date.now()): void {
    this.look();
    if (body.trim() === '' || this.kept.some((draft) => draft.body === body && draft.from === from)) return;
    const id = -Date.now() - this.kept.length;
    const lost = { id, conversation: null, mode, body, updated_at: at * 1000 };
    this.keepAll([...this.kept, from === undefined ? lost : { ...lost, from, who: this.nameOf(from) }]);
  }

  /** The kept words of a conversation stand in it as being written, before what stands there already. */
  giveBack(conversation: number, mode: Mode): void {
    const mine = (draft: Lost): boolean => draft.from === conversation && draft.mode === mode;
    if (!this.kept.some(mine)) return;
    this.look();
    const [words, known] = [this.keptIn(conversation, mode), this.allOf(conversation, mode)];
    this.keepAll(this.kept.filter((draft) => !mine(draft)));
    const missing = words.filter((body) => !standsIn(body, known));
    if (missing.length > 0) this.set(conversation, joined(...missing, this.get(conversation, mode)), mode);
  }

  async discard(orphan: Lost): Promise<void> {
    if (orphan.id > 0) await call('DELETE', `/drafts/${orphan.id}`);
    this.served = this.served.filter((other) => other.id !== orphan.id);
    this.look();
    this.keepAll(this.kept.filter((other) => other.body !== orphan.body));
  }

  private keepAll(kept: readonly Lost[]): void {
    this.kept = kept;
    this.stores = this.shelf.keepLost(kept);
  }

  private schedule(place: Place): void {
    clearTimeout(this.timers.get(place));
    this.timers.set(place, setTimeout(() => void this.save(place), SAVE_AFTER_MS));
  }

  /** One at a time: a text that has been sent must not come back because an older save arrived later. */
  private async save(place: Place): Promise<void> {
    clearTimeout(this.timers.get(place));
    if (this.saving.has(place)) return;
    this.saving.add(place);
    const { conversation, slot, mode } = partsOf(place);
    const body = this.get(conversation, slot);
    const over = body === '' ? this.over.get(place) : undefined;
    this.known.set(place, body);
    const answer = await call('PUT', `${pathOf(conversation)}/draft`, written(place, body, over)).then(
      () => 'stored' as const,
      (error: unknown) => (error instanceof ApiProblem && error.code === 'not_found' ? ('gone' as const) : null),
    );
    this.saving.delete(place);
    // Forgotten meanwhile: what is on the server now is the server's to keep.
    if (!this.unsaved.has(place)) return;
    if (answer === 'gone') return this.keep(this.forgetOne(conversation, mode), mode, conversation);
    if (this.get(conversation, slot) !== body) return this.save(place);
    // Otherwise it stays here as dirty, and goes with the next keystroke or the next load.
    if (answer === null) return;
    this.unsaved.delete(place);
    this.touch(place);
    this.over.delete(place);
    this.shelf.replace(place, body, body === '' ? null : { body, dirty: false });
  }

  private touch(place: Place): void {
    this.touched.set(place, (this.now += 1));
  }

  private drop(place: Place): void {
    this.unsaved.delete(place);
    this.own.delete(place);
    this.contested.delete(place);
    this.over.delete(place);
    this.known.delete(place);
    this.texts.delete(place);
    this.shelf.remove(place);
  }
}
