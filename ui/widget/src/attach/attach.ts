/**
 * Files that go along with a visitor's message: fetched with the first one. What was chosen stays until it has gone or was
 * given up, also beyond the page: above the box of whichever tab opens its chat next.
 */
import { make } from '@recado/shared/make.ts';
import { newClientId } from '@recado/shared/outbox-keep.ts';
import type { Pending } from '@recado/shared/thread.ts';
import type { FileRules } from '@recado/shared/wire.ts';
import type { Chat } from '../frame/chat.svelte.ts';
import { addressOf, keep } from '../frame/files.ts';
import type { Extra } from '../frame/sending.ts';
import { forgetCut, look, tellCut, type Found } from './cut.ts';
import { Dialog } from './dialog.ts';
import { dress, icon } from './look.ts';
import { doorOf, Parcel, Row } from './parcel.ts';
import { Shelf } from './shelf.ts';
import { learn, t } from './words.ts';

const OVER_MS = 700;
/** What was sent from here, by its id: what has waited too long at the server can be sent anew. */
const sent = new Map<string, File>();
let open: Attaching | null = null;
let shelf: Shelf | null = null;
/** How often it was looked for what was left: the last time counts. */
let turns = 0;
export { learn };

/** Takes what an event has brought: files to the dialog, which opens; held over the chat, they are shown where to go. */
export async function take(chat: Chat, how: string, files: readonly File[], back?: Pending<Extra>): Promise<void> {
  // Where nothing can be written, nothing can be sent.
  if (chat.visit?.blocked) return;
  await learn();
  dress();
  if (how === 'dragover') return hover();
  leave();
  // From the list or beside an old conversation it goes into the one that goes on.
  if (back === undefined && box() === null) {
    chat.choose(null);
    await new Promise(requestAnimationFrame);
  }
  // What was left goes on with what is chosen now, unless another tab was quicker.
  while (open && !(await open.own()));
  open ??= new Attaching(chat);
  if (files.length > 0) forgetCut(chat);
  open.parcel.add([...files.map((file) => new Row(file)), ...(back ? open.takeBack(back) : [])]);
  // What is asked above the box was answered wrong: it must be in reach.
  if (back && chat.questions.blamed) open.hold();
  else open.show();
}

/** Shows what was left, here or by a tab that has gone; true where there is something to look for another time, too. */
export async function offer(chat: Chat): Promise<boolean> {
  const [turn, there] = [++turns, shelfOf(chat)];
  const loose = await there.loose();
  const stale = (): boolean => turn !== turns || open?.mine === true;
  if (stale() || open?.shows(loose)) return true;
  open?.end(null);
  const looks = [...loose].map(([place, was]) => look(chat, there, place, was, () => void offer(chat)));
  const found = await Promise.all(looks).catch(() => null);
  await learn();
  if (found === null || stale()) return true;
  const left = found.filter((one) => one !== null && one.text !== '') as Found[];
  dress();
  if (left.length > 0) open = new Attaching(chat, left);
  const told = await tellCut(chat);
  return told || there.places.length > 0;
}

/** The one of this page. */
function shelfOf(chat: Chat): Shelf {
  if (shelf) return shelf;
  addEventListener('beforeunload', (event) => open?.parcel.coming && event.preventDefault());
  addEventListener('pagehide', () => open?.save());
  return (shelf = new Shelf(chat.draft, () => (chat.open || open) && void offer(chat)));
}

class Attaching {
  readonly parcel: Parcel;
  readonly #chat: Chat;
  readonly #dialog: Dialog;
  readonly #held = make('div', { className: 'held' });
  /** Where it lies beyond the page, and how that is written there, as far as it is any tab's. */
  #lies: ReadonlyMap<string, string>;
  /** This tab is busy with it; else it is any tab's. */
  #mine: boolean;
  /** What was chosen waits above the box, since the dialog was closed. */
  #kept = false;
  /** It goes once all has come. */
  #goes = false;
  #done = false;

  constructor(chat: Chat, left: readonly Found[] = []) {
    this.#chat = chat;
    this.#mine = left.length === 0;
    this.#lies = new Map(this.#mine ? [[shelfOf(chat).begin(newClientId()), '']] : left.map(({ place, text }) => [place, text]));
    const ask = (): Promise<FileRules> => chat.session.request<FileRules>('GET', '/files/rules');
    this.parcel = new Parcel(doorOf(chat.session), ask, () => this.#changed());
    const look = (id: string): Promise<string> => addressOf(`${id}/thumbnail`, chat.session);
    this.#dialog = new Dialog(this.parcel, { send: () => this.#send(), closed: () => this.#closed(), look });
    this.parcel.caption = left.map(({ caption }) => caption).filter(Boolean).join(' ');
    this.#dialog.fill();
    this.#kept = !this.#mine;
    this.parcel.add(left.flatMap(({ files }) => files.map((file) => new Row(null, file))));
  }

  get mine(): boolean {
    return this.#mine;
  }

  /** Whether it is all that lies there. */
  shows(loose: ReadonlyMap<string, string>): boolean {
    return JSON.stringify([...loose]) === JSON.stringify([...this.#lies]);
  }

  /** Makes it this tab's; false where it is gone from here, or was another one's at that moment. */
  async own(): Promise<boolean> {
    const there = shelfOf(this.#chat);
    const [place, ...others] = this.#lies.keys();
    const taken = this.#mine || (await there.takeAll(this.#lies, () => !this.#done));
    if (this.#done) return false;
    if (!taken) {
      // What of it is free is shown anew.
      this.end(null);
      void offer(this.#chat);
      return false;
    }
    this.#mine = true;
    this.#lies = new Map([[place!, '']]);
    this.save();
    for (const one of others) there.drop(one);
    return true;
  }

  /** Writes down what is here, as it is now. */
  save(): void {
    const { good, caption } = this.parcel;
    const files = good.map(({ id, name }) => ({ id, name }));
    if (this.#mine && !this.#done) for (const place of this.#lies.keys()) shelfOf(this.#chat).write(place, { files, caption: caption.trim() });
  }

  /** It lies above the box, and any tab may go on with it. */
  #leave(): void {
    this.save();
    if (!this.#mine || this.parcel.coming) return;
    this.#mine = false;
    const [place] = this.#lies.keys();
    this.#lies = new Map([[place!, this.#chat.draft.storage.getItem(place!) ?? '']]);
    shelfOf(this.#chat).leave(place!);
  }

  get shown(): boolean {
    return this.#dialog.element.open;
  }

  show(): void {
    this.#hang(null);
    this.#kept = false;
    this.#dialog.open();
  }

  /** Its files and words, out of a message that could not go; what the server no longer has is sent anew. */
  takeBack({ id, body, reason, extra }: Pending<Extra>): Row[] {
    this.#chat.discard(id);
    this.parcel.caption = [body, this.parcel.caption].filter(Boolean).join(' ');
    this.#dialog.fill();
    const lost = reason === 'invalid';
    return (extra.files ?? []).map((file) => (lost ? new Row(sent.get(file.id) ?? null, null, file.name) : new Row(null, file)));
  }

  #changed(): void {
    if (this.#done) return;
    this.#dialog.update();
    if (this.#kept) this.#keep();
    this.save();
    if (!this.#goes || this.parcel.coming) return;
    this.#goes = false;
    this.#dialog.say(this.parcel.failed ? t('some') : (this.#send() ?? ''));
  }

  /** Sends it, now or once all has come; gives back what stands against it or is still awaited. */
  #send(): string | null {
    const { parcel } = this;
    this.#goes = false;
    if (this.#chat.visit?.blocked) return t('why.blocked');
    if (parcel.excess) return t('too.long', { count: parcel.excess });
    if ((this.#goes = parcel.coming)) return t('goes');
    if (parcel.ready.length === 0) return t(parcel.failed ? 'some' : 'none');
    if (!this.#chat.say(parcel.caption.trim(), parcel.ready)) {
      this.hold();
      return null;
    }
    for (const { result, file } of parcel.rows) {
      if (!result || !file) continue;
      keep(result.id, file);
      sent.set(result.id, file);
    }
    this.end(true);
    return null;
  }

  /** Waits above the box, where what is asked can be answered. */
  hold(): void {
    this.#kept = false;
    this.#hang(() => this.#together(), make('p', {}, t('held', { count: this.parcel.ready.length })));
    this.#dialog.element.close();
    document.querySelector<HTMLElement>('section [aria-invalid="true"]')?.focus();
  }

  /** Hangs a line above the box, also above one that stands there later, or takes it down; `send` is what the box does then. */
  #hang(send: (() => void) | null, ...line: HTMLElement[]): void {
    const hang = (): void => void (this.#held.isConnected || box()?.form?.append(this.#held));
    this.#held.replaceChildren(...line);
    this.#chat.above = line.length > 0 ? { hang, send } : null;
    if (line.length > 0) hang();
    else this.#held.remove();
  }

  /** Goes with the words of the box as one message; where those are too many for that, they follow as one of their own. */
  #together(): void {
    const [{ parcel }, { draft }] = [this, this.#chat];
    const [own, words] = [parcel.caption, draft.text.trim()];
    parcel.caption = [own.trim(), words].filter(Boolean).join(' ');
    const apart = parcel.excess > 0;
    if (apart) parcel.caption = own;
    const said = this.#send();
    if (!this.#done) {
      parcel.caption = own;
      // What stands against it is said in the dialog.
      if (said !== null) this.show();
      this.#dialog.say(said ?? '');
    } else if (apart) this.#chat.say();
    else if (words) draft.take();
  }

  #closed(): void {
    if (this.#done || this.#held.isConnected) return;
    this.#goes = false;
    this.parcel.tidy();
    this.#kept = this.parcel.rows.length > 0;
    if (this.#kept) this.#keep();
    else {
      // Typed is typed: the words go where the others are.
      if (this.parcel.caption.trim() !== '') this.#chat.draft.giveBack(this.parcel.caption.trim());
      this.end(false);
    }
    box()?.focus();
  }

  /**
   * Says above the box what waits there, with the way to it, and one to drop it; what is whole goes with what the box sends.
   * Each of these makes it this tab's first.
   */
  #keep(): void {
    const { rows, caption, ready, coming } = this.parcel;
    const count = rows.length;
    const names = [...rows.map(({ name }) => name), caption.trim()].filter(Boolean).join(', ');
    const back = make('button', { type: 'button', className: 'back' }, make('b', {}, t('kept', { count })), ` ${names}`);
    const off = make('button', { type: 'button', className: 'icon', ariaLabel: t('drop.all', { count }) }, icon('cross'));
    const own = (then: () => void) => () => void this.own().then((mine) => mine && then());
    back.onclick = own(() => this.show());
    off.onclick = own(() => this.end(false));
    this.#hang(ready.length && !coming ? own(() => this.#together()) : null, back, off);
    this.#leave();
  }

  /** `gone`: into a message, or else given up; null where it goes on lying there, or another tab has it. */
  end(gone: boolean | null): void {
    this.#done = true;
    this.#kept = false;
    open = null;
    if (gone === null) this.parcel.rows = [];
    else for (const place of this.#lies.keys()) shelfOf(this.#chat).drop(place);
    this.parcel.end(gone ?? true);
    this.#hang(null);
    this.#dialog.element.close();
    this.#dialog.element.remove();
    if (gone !== null) box()?.focus();
  }
}

const box = (): HTMLTextAreaElement | null => document.querySelector('form > textarea');

const place = make('div', { className: 'drop-here', ariaHidden: 'true' });

let leaving: ReturnType<typeof setTimeout> | undefined;

/** Files are held over the chat, which is told so all the time; that they are not any more, nothing tells reliably. */
function hover(): void {
  if (open?.shown) return;
  place.textContent = t('drop.here');
  document.body.append(place);
  clearTimeout(leaving);
  leaving = setTimeout(leave, OVER_MS);
}

function leave(): void {
  clearTimeout(leaving);
  place.remove();
}
