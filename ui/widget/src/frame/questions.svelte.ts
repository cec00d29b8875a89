/** Name and e-mail before the first message: what is asked, what was answered, what is wrong with it. */
import type { Ask, FieldError, VisitState } from '@recado/shared/wire.ts';

export type Field = 'name' | 'email';
export type Complaint = 'missing' | 'wrong';

export const FIELDS: readonly Field[] = ['name', 'email'];

const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;

export class Questions {
  typed: Readonly<Record<Field, string>> = $state.raw({ name: '', email: '' });
  complaints: Readonly<Partial<Record<Field, Complaint>>> = $state.raw({});

  /** True where anything is asked that is not known yet. */
  due(visit: VisitState | null): boolean {
    return FIELDS.some((field) => this.wanted(field, visit) !== 'no');
  }

  wanted(field: Field, visit: VisitState | null): Ask {
    if (visit === null || (visit.visitor[field] !== null && this.complaints[field] === undefined)) return 'no';
    return field === 'name' ? visit.inbox.ask_name : visit.inbox.ask_email;
  }

  /** The visitor has typed: what was wrong may be right now. */
  type(field: Field, value: string): void {
    this.typed = { ...this.typed, [field]: value };
    this.complaints = { ...this.complaints, [field]: undefined };
  }

  /** True when all may be sent; otherwise the complaints say why not. */
  check(visit: VisitState | null): boolean {
    const complaints: Partial<Record<Field, Complaint>> = {};
    for (const field of FIELDS) {
      const value = this.typed[field].trim();
      if (this.wanted(field, visit) === 'required' && value === '') complaints[field] = 'missing';
      else if (field === 'email' && value !== '' && !MAIL.test(value)) complaints[field] = 'wrong';
    }
    this.complaints = complaints;
    return Object.keys(complaints).length === 0;
  }

  /** What goes along with the message: null where nothing was asked or answered. */
  answers(visit: VisitState | null): Record<Field, string | null> {
    const answer = (field: Field): string | null =>
      this.wanted(field, visit) === 'no' ? null : this.typed[field].trim() || null;
    return { name: answer('name'), email: answer('email') };
  }

  /** Takes the server's complaints about these fields; false where it has none. */
  blame(errors: readonly FieldError[]): boolean {
    const mine = errors.filter(({ field }) => FIELDS.includes(field as Field));
    const complaints = mine.map(({ field, code }) => [field, code === 'empty' ? 'missing' : 'wrong'] as const);
    this.complaints = { ...this.complaints, ...Object.fromEntries(complaints) };
    return mine.length > 0;
  }
}
