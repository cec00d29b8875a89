/** The dialog: what is allowed, a place to drop files on or to look for them, how far each has come, a text, and sending. */
import { formatName, groupsOf } from '@recado/shared/formats.ts';
import type { FormatRule } from '@recado/shared/wire.ts';
import { List } from './list.ts';
import { make } from '@recado/shared/make.ts';
import { icon } from './look.ts';
import { Row, type Parcel } from './parcel.ts';
import { sizeOf } from './saying.ts';
import { t } from './words.ts';

export interface DialogEvents {
  /** Asked to send; gives back what stands against it, to be said. */
  readonly send: () => string | null;
  /** Closed, however, without having been told to. */
  readonly closed: () => void;
  /** Gives the address in memory of the small picture of a file that only the server has. */
  readonly look: (id: string) => Promise<string>;
}

export class Dialog {
  readonly #parcel: Parcel;
  readonly #events: DialogEvents;
  readonly #picker = make('input', { type: 'file', multiple: true });
  readonly #formats = make('ul', { id: 'attach-formats', className: 'formats', ariaLabel: t('formats') });
  readonly #list: List;
  readonly #text = make('input', { type: 'text', id: 'attach-text', dir: 'auto', autocomplete: 'off' });
  readonly #count = make('span', { id: 'attach-count' });
  readonly #said = make('p', { role: 'status' });
  readonly #send = make('button', { type: 'submit' });
  readonly element: HTMLDialogElement;

  constructor(parcel: Parcel, events: DialogEvents) {
    this.#parcel = parcel;
    this.#events = events;
    this.#list = new List((row) => this.#removed(row), events.look);
    this.element = this.#build();
    this.#text.oninput = () => {
      parcel.caption = this.#text.value;
      this.update();
    };
    this.#picker.onchange = () => {
      const chosen = [...(this.#picker.files ?? [])];
      this.#picker.value = '';
      parcel.add(chosen.map((file) => new Row(file)));
    };
  }

  open(): void {
    if (!this.element.isConnected) document.body.append(this.element);
    if (this.element.open) return;
    this.element.showModal();
    this.#picker.focus();
  }

  /** Shows the text as it is known now. */
  fill(): void {
    this.#text.value = this.#parcel.caption;
  }

  say(text: string): void {
    this.#said.textContent = text;
  }

  update(): void {
    const { rules, rows, excess, away, length } = this.#parcel;
    this.#picker.accept = this.#parcel.accept;
    if (rules && !this.#formats.firstChild) this.#formats.append(...groupsOf(rules.formats).map(formatsOf));
    if (away) this.say(t('rules.away'));
    else if (this.#said.textContent === t('rules.away')) this.say('');
    this.#list.show(rows);
    this.#count.textContent = excess ? t('too.long', { count: excess }) : rules ? `${length} / ${rules.caption_max}` : '';
    this.#count.className = excess ? 'why' : '';
    this.#text.ariaInvalid = String(excess > 0);
    const count = rows.filter((row) => row.coming || row.state === 'ready').length;
    this.#send.textContent = count > 0 ? t('send', { count }) : t('send.none');
    this.#send.ariaDisabled = String(count === 0 || excess > 0);
  }

  #removed(row: Row): void {
    this.say('');
    this.#parcel.remove(row);
    this.#picker.focus();
  }

  #build(): HTMLDialogElement {
    const title = make('h2', { id: 'attach-title' }, t('title'));
    const close = make('button', { type: 'button', className: 'icon', ariaLabel: t('close') }, icon('cross'));
    const cancel = make('button', { type: 'button' }, t('later'));
    const words = make('label', { className: 'words', htmlFor: this.#text.id }, t('caption'), this.#count);
    const scroll = make('div', { className: 'scroll' }, this.#drop(), this.#formats, this.#list.element, words, this.#text);
    const form = make('form', { noValidate: true }, make('footer', {}, this.#said, cancel, this.#send));
    form.id = 'attach-form';
    this.#text.setAttribute('form', form.id);
    const element = make('dialog', { className: 'attach' }, make('header', {}, title, close), scroll, form);
    element.setAttribute('aria-labelledby', title.id);
    close.onclick = cancel.onclick = () => element.close();
    // What is typed here is not for the keys of the page: Escape closes this, and not the chat.
    for (const name of ['keydown', 'keyup'] as const) element.addEventListener(name, (event) => event.stopPropagation());
    element.onclose = this.#events.closed;
    form.onsubmit = (event) => {
      event.preventDefault();
      this.say(this.#events.send() ?? '');
    };
    return element;
  }

  #drop(): HTMLElement {
    this.#picker.setAttribute('aria-describedby', this.#formats.id);
    const finger = matchMedia('(pointer: coarse)').matches;
    const words = finger ? [make('b', {}, t('choose'))] : [`${t('drop')} `, make('b', {}, t('browse'))];
    return make('label', { className: 'drop' }, icon('up'), make('span', {}, ...words), this.#picker);
  }
}

function formatsOf(all: readonly FormatRule[]): HTMLElement {
  const names = all.map(({ name }) => formatName(name, t('recorded'))).join(' · ');
  return make('li', {}, make('b', {}, names), ' ', make('span', {}, sizeOf(all[0]!.max_bytes!)));
}
