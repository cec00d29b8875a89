/** What is asked before the first message: what was answered, and what is wrong with it. A reload takes no answer away. */
import type { KeyStore } from '@recado/shared/outbox-keep.ts';
import type { Ask, FieldError, VisitState } from '@recado/shared/wire.ts';
import type { Extra } from './sending.ts';
import { put } from './storage.ts';
import { t } from './words.ts';

export type Complaint = 'missing' | 'choice' | 'email' | 'wrong';

/** One question. `key` is how the server names it: `name`, `email`, `department`, or `fields.` and one of the inbox's own. */
export interface Asked {
  readonly key: string;
  readonly label: string;
  readonly kind: 'text' | 'email' | 'choice';
  readonly options: readonly string[];
  readonly required: boolean;
}

const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
const OWN = 'fields.';

type Words = Readonly<Record<string, string>>;

export class Questions {
  typed: Words = $state.raw({});
  complaints: Readonly<Record<string, Complaint | undefined>> = $state.raw({});
  /** True once the server has refused a message for want of an answer. */
  blamed = $state.raw(false);
  /** How each of them was asked: it may be asked otherwise, or no more, when they are sent. */
  #shown: Record<string, string> = {};
  readonly #keep: (text: string) => void;

  constructor(storage: KeyStore, key: string) {
    this.#keep = (text) => put(storage, key, text);
    [this.typed, this.#shown] = JSON.parse(storage.getItem(key) ?? '[{},{}]');
  }

  /** What is asked and not known yet, in order. */
  asked(visit: VisitState | null): Asked[] {
    if (visit === null) return [];
    const { inbox, visitor, answering, people } = visit;
    const away = inbox.ask_when_away && (!answering.open || people.length === 0);
    const email = away && inbox.ask_email === 'no' ? 'optional' : inbox.ask_email;
    const about = (key: 'name' | 'email', ask: Ask): Asked[] => {
      const known = visitor.verified || (visitor[key] !== null && this.complaints[key] === undefined);
      const kind = key === 'email' ? key : 'text';
      return known || ask === 'no' ? [] : [{ key, label: t(`ask.${key}`), kind, options: [], required: ask === 'required' }];
    };
    const choice: Asked = { key: 'department', label: t('ask.department'), kind: 'choice', options: inbox.departments, required: false };
    const own = inbox.fields.map((field): Asked => ({ ...field, key: OWN + field.key }));
    return [...about('name', inbox.ask_name), ...about('email', email), ...(inbox.departments.length > 1 ? [choice] : []), ...own];
  }

  /** The visitor has typed: what was wrong may be right now. */
  type(key: string, value: string, label: string): void {
    this.typed = { ...this.typed, [key]: value };
    this.#shown[key] = label;
    this.complaints = { ...this.complaints, [key]: undefined };
    this.#keep(JSON.stringify([this.typed, this.#shown]));
  }

  /** All has arrived, or is another visitor's. */
  forget(): void {
    this.typed = this.#shown = {};
    this.blamed = false;
    this.#keep('');
  }

  /** True when all may be sent; otherwise the complaints say why not. */
  check(visit: VisitState | null): boolean {
    const complaints: Record<string, Complaint> = {};
    for (const { key, kind, required } of this.asked(visit)) {
      const value = (this.typed[key] ?? '').trim();
      if (required && value === '') complaints[key] = kind === 'choice' ? 'choice' : 'missing';
      else if (kind === 'email' && value !== '' && !MAIL.test(value)) complaints[key] = 'email';
    }
    this.complaints = complaints;
    return Object.keys(complaints).length === 0;
  }

  /** What goes along with the message; of the inbox's own questions also what was answered to one that has gone. */
  answers(): Extra {
    const fields: Record<string, string> = {};
    const answers: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.typed)) {
      const key = name.replace(OWN, '');
      (key === name ? answers : fields)[key] = value;
    }
    return { ...answers, fields, shown: this.#shown };
  }

  /** Takes the server's complaints about the questions; false where it has none. */
  blame(errors: readonly FieldError[]): boolean {
    const mine = errors.filter(({ field }) => field.startsWith(OWN) || ['name', 'email', 'department'].includes(field));
    const complaints = mine.map(({ field, code }): [string, Complaint] => [field, complaintOf(field, code)]);
    this.complaints = { ...this.complaints, ...Object.fromEntries(complaints) };
    this.blamed ||= mine.length > 0;
    return mine.length > 0;
  }
}

function complaintOf(field: string, code: string): Complaint {
  if (code === 'empty') return 'missing';
  if (code === 'not_a_choice') return 'choice';
  return field === 'email' ? 'email' : 'wrong';
}
