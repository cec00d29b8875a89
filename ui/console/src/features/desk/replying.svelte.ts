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

/** What is written in one place, also after one has gone elsewhere. */
export interface Written {
  read: () => string;
  write: (text: string) => void;
}

/** Where the answer is written. */
export interface Place {
  row: () => ConversationRow;
  me: () => Me;
  replies: () => readonly Reply[];
  write: (text: string) => void;
  /** What is being written now. */
  written: () => Written;
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
  /** Around which sign of the button's one wrote before it was pressed, until something has become of that. */
  private opened: (Written & { before: string; sign: string; after: string }) | null = null;

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
      this.opened = null;
      this.begun = reply.id;
      if (reply.files.length > 0) this.place.take(reply);
      return void this.put(wordsOf(pieces), box);
    }
    const missing = sayMissing(pieces);
    if (missing !== null) announce(missing);
    else if (this.place.send(wordsOf(pieces), reply)) {
      if (this.opened === null) return void this.put('', box);
      this.left(box);
      this.close();
    }
  }

  /** The same as typing a slash where the caret stands; but where nothing is chosen the text is left as it was. */
  async begin(box: Box): Promise<void> {
    this.close();
    const [before, after] = [box.value.slice(0, box.selectionStart), box.value.slice(box.selectionEnd)];
    const sign = before === '' || /\s$/u.test(before) ? '/' : ' /';
    this.opened = { ...this.place.written(), before, sign, after };
    this.write(before + sign + after);
    await tick();
    box.focus();
    box.setSelectionRange(before.length + sign.length, before.length + sign.length);
    this.look(box);
  }

  /** What was typed to find one goes with the button's sign. */
  protected override left(box: Box | null): void {
    if (this.opened === null) return;
    const { read, write, before, sign, after } = this.opened;
    this.opened = null;
    const [text, from] = [read(), before.length + sign.length];
    const asked = text.slice(from, text.length - after.length);
    if (text !== before + sign + asked + after || /[\s/]/u.test(asked)) return;
    const caret = Math.max(Math.min(box?.selectionStart ?? 0, before.length), (box?.selectionStart ?? 0) - sign.length - asked.length);
    write(before + after);
    void tick().then(() => box?.setSelectionRange(caret, caret));
  }

  /** Which reply an answer was begun with, told once, when it is sent. */
  takeBegun(): number | null {
    const begun = this.begun;
    this.begun = null;
    return begun;
  }
}

/** Why it cannot be sent as it is; null where nothing is missing. */
export function sayMissing(pieces: readonly Piece[]): string | null {
  const missing = missingIn(pieces);
  return missing.length > 0 ? t('reply.missing', { places: placeNames(missing) }) : null;
}

export const placeNames = (places: readonly Placeholder[]): string =>
  new Intl.ListFormat(language.locale).format(places.map((one) => t(`place.${one}`)));
