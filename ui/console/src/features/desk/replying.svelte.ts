/** Quick replies while an answer is written: what the list offers after a slash, what a choice sends, or puts into the box. */
import { tick } from 'svelte';
import { announce } from '@recado/shared/announce.svelte.ts';
import type { ConversationRow, Me, Reply } from '@recado/shared/wire.ts';
import { language, t } from '../../state/language.svelte.ts';
import {
  filled,
  findable,
  matching,
  missingIn,
  replyAskedAt,
  wordsOf,
  type Piece,
  type Placeholder,
} from '../../state/replies.ts';
import { Completing, type Asked, type Box } from './completing.svelte.ts';

/** Where the answer is written. */
export interface Place {
  row: () => ConversationRow;
  me: () => Me;
  replies: () => readonly Reply[];
  write: (text: string) => void;
  /** Sends a text with the reply's files by itself; what else stands in the box stays there. False where it cannot be sent now. */
  send: (text: string, reply: Reply) => boolean;
  /** Lets the files of a reply wait for what stands in the box. */
  take: (reply: Reply) => void;
}

export class Replying extends Completing<Reply> {
  private readonly place: Place;
  protected readonly write: (text: string) => void;
  private readonly all = $derived.by(() => findable(this.place.replies(), this.place.me()));
  /** The reply that the text in the box was begun with. */
  private begun: number | null = null;

  constructor(place: Place) {
    super();
    this.place = place;
    this.write = place.write;
  }

  protected askedAt(text: string, caret: number): Asked | null {
    // What is written into an emptied box was begun with nothing.
    if (text.trim() === '') this.begun = null;
    return replyAskedAt(text, caret);
  }

  protected offer(query: string): Reply[] {
    return matching(this.all, query);
  }

  /** There is nothing to offer, whatever is typed. */
  get none(): boolean {
    return this.asked?.query === '' && !this.open;
  }

  /** What the marked reply says here. */
  get preview(): Piece[] {
    const reply = this.options[this.at];
    return reply ? filled(reply.text, this.place.row(), this.place.me()) : [];
  }

  /** Enter and a click send at once, Tab puts the words into the box. */
  choose(reply: Reply, box: Box, key: 'Enter' | 'Tab' | null): void {
    const pieces = filled(reply.text, this.place.row(), this.place.me());
    if (key === 'Tab') {
      this.begun = reply.id;
      if (reply.files.length > 0) this.place.take(reply);
      return void this.put(wordsOf(pieces), box);
    }
    const missing = missingIn(pieces);
    if (missing.length > 0) announce(t('reply.missing', { places: placeNames(missing) }));
    else if (this.place.send(wordsOf(pieces), reply)) void this.put('', box);
  }

  /** The same as typing a slash where the caret stands. */
  async begin(box: Box): Promise<void> {
    const [before, after] = [box.value.slice(0, box.selectionStart), box.value.slice(box.selectionEnd)];
    const sign = before === '' || /\s$/u.test(before) ? '/' : ' /';
    this.write(before + sign + after);
    await tick();
    box.focus();
    box.setSelectionRange(before.length + sign.length, before.length + sign.length);
    this.look(box);
  }

  /** Which reply an answer was begun with, told once, when it is sent. */
  takeBegun(): number | null {
    const begun = this.begun;
    this.begun = null;
    return begun;
  }
}

export const placeNames = (places: readonly Placeholder[]): string =>
  new Intl.ListFormat(language.locale).format(places.map((one) => t(`place.${one}`)));
