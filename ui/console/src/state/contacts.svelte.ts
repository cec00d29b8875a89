/** Whom I can write to: fetched when somebody is to be chosen, found by name, user name and department. */
import type { Contact, Named } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { fold } from './find.ts';
import { Latest } from './latest.ts';

/** What a search offers: somebody, or everybody of a department. */
export type Choice = { kind: 'person'; person: Contact } | { kind: 'department'; department: Named; people: readonly number[] };

const SHOWN = 8;

class Contacts {
  private known = $state.raw<readonly Contact[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  private readonly latest = new Latest();

  /** What was known is shown meanwhile. */
  async load(): Promise<void> {
    if (this.phase === 'failed') this.phase = 'loading';
    const take = (found: Contact[]): void => {
      this.known = found;
      this.phase = 'ready';
    };
    await this.latest.run(call<Contact[]>('GET', '/directs/people'), take, () => (this.phase = this.known.length > 0 ? 'ready' : 'failed'));
  }

  /** Those and the departments that fit, without whoever is chosen already. */
  offer(query: string, chosen: readonly number[], departments: ReadonlyMap<number, string>): Choice[] {
    const rest = this.known.filter(({ id }) => !chosen.includes(id));
    const people = rest.filter((one) => fits(query, [one.name, one.username, ...namesOf(one, departments)]));
    const groups = [...departments].flatMap(([id, name]): Choice[] => {
      const inside = rest.filter((one) => one.departments.includes(id)).map((one) => one.id);
      return inside.length > 1 && fits(query, [name]) ? [{ kind: 'department', department: { id, name }, people: inside }] : [];
    });
    // Whole departments are always among them: each of their people fits a department's name, too.
    const some = people.slice(0, SHOWN).map((person): Choice => ({ kind: 'person', person }));
    return query === '' ? [...some, ...groups] : [...groups, ...some];
  }

  name(id: number): string | undefined {
    return this.known.find((one) => one.id === id)?.name;
  }
}

/** The departments of somebody by name. */
export const namesOf = ({ departments }: Contact, all: ReadonlyMap<number, string>): string[] =>
  departments.flatMap((id) => all.get(id) ?? []);

/** Each word that is asked for begins one of theirs. */
function fits(query: string, texts: readonly string[]): boolean {
  const words = texts.flatMap((text) => fold(text).split(/\s+/));
  return fold(query.replace(/^@/, '')).split(/\s+/).every((asked) => words.some((word) => word.startsWith(asked)));
}

export const contacts = new Contacts();
