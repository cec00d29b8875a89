/** The files of the dialog, each by a line of its own that keeps its elements while it changes. */
import { endingOf } from '@recado/shared/formats.ts';
import { make } from '@recado/shared/make.ts';
import { icon } from './look.ts';
import type { Row } from './parcel.ts';
import { canRetry, progress, refusal } from './saying.ts';
import { t } from './words.ts';

/** One line, and how it is brought up to date. */
interface Line {
  readonly element: HTMLElement;
  readonly update: () => void;
  readonly end: () => void;
}

export class List {
  readonly element = make('ul');
  readonly #lines = new Map<Row, Line>();
  readonly #remove: (row: Row) => void;
  readonly #look: (id: string) => Promise<string>;

  constructor(remove: (row: Row) => void, look: (id: string) => Promise<string>) {
    this.#remove = remove;
    this.#look = look;
  }

  /** Shows these, and nothing else. */
  show(rows: readonly Row[]): void {
    for (const [row, line] of this.#lines) {
      if (rows.includes(row)) continue;
      line.element.remove();
      line.end();
      this.#lines.delete(row);
    }
    for (const row of rows) {
      const line = this.#lines.get(row) ?? lineOf(row, this.#remove, this.#look);
      if (!this.#lines.has(row)) this.element.append(line.element);
      this.#lines.set(row, line);
      line.update();
    }
  }
}

function lineOf(row: Row, remove: (row: Row) => void, look: (id: string) => Promise<string>): Line {
  const preview = row.file?.type.startsWith('image/') ? URL.createObjectURL(row.file) : null;
  const plain = signOf(row);
  const seen = make('img', { className: 'sign', alt: '' });
  const sign = preview ? seen : plain;
  if (preview) seen.src = preview;
  else if (row.given?.thumbnail) look(row.given.id).then((address) => ((seen.src = address), plain.replaceWith(seen)), () => undefined);
  // What is called a picture and is none.
  seen.onerror = () => seen.replaceWith(plain);
  const bar = make('progress', { max: row.size || 1, ariaLabel: row.name });
  const said = make('p');
  const again = make('button', { type: 'button', className: 'icon', ariaLabel: t('retry', { name: row.name }) }, icon('retry'));
  const off = make('button', { type: 'button', className: 'icon', ariaLabel: t('remove', { name: row.name }) }, icon('cross'));
  again.onclick = () => {
    // It goes with this press, and with it the focus.
    off.focus();
    void row.upload?.start();
  };
  off.onclick = () => remove(row);
  const about = make('div', {}, make('b', { dir: 'auto', title: row.name }, row.name), bar, said);
  const element = make('li', { className: 'row' }, sign, about, again, off);
  const update = (): void => {
    const wrong = refusal(row);
    const text = wrong ?? progress(row);
    if (wrong !== null) seen.replaceWith(plain);
    element.classList.toggle('wrong', wrong !== null);
    bar.hidden = wrong !== null || row.state === 'ready';
    bar.value = row.upload?.sent ?? 0;
    bar.style.display = bar.hidden ? 'none' : '';
    again.style.display = canRetry(row) ? '' : 'none';
    said.className = wrong !== null ? 'why' : row.state === 'waiting' ? 'wait' : '';
    said.role = wrong === null ? null : 'alert';
    if (said.textContent !== text) said.textContent = text;
  };
  return { element, update, end: () => preview && URL.revokeObjectURL(preview) };
}

const signOf = (row: Row): HTMLElement => make('span', { className: 'sign', ariaHidden: 'true' }, endingOf(row.name));
