/** Colleagues who are named in a note: written as "@Ana", found by what is written. Pure. */
import { firstName } from '@recado/shared/people.ts';
import type { Named } from '@recado/shared/wire.ts';
import { fold } from './find.ts';

const BEING_WRITTEN = /(?:^|[\s([{«"'¿¡])@([\p{L}\p{M}\p{N}.'’-]{0,40})$/u;
const LETTER = /[\p{L}\p{M}\p{N}]/u;

/** The name that ends at the caret, null where none is being written. */
export function askedAt(text: string, caret: number): { from: number; query: string } | null {
  const found = BEING_WRITTEN.exec(text.slice(0, caret));
  return found ? { from: caret - found[1]!.length - 1, query: found[1]! } : null;
}

/** Who is meant by what stands there so far, by the beginning of any word of their names. */
export function matching<P extends Named>(people: readonly P[], query: string): P[] {
  const wanted = fold(query);
  return people.filter(({ name }) => fold(name).split(/\s+/).some((word) => word.startsWith(wanted)));
}

/** What each is called: by the first name where nobody else of them has it, otherwise by the whole. */
export function handles(people: readonly Named[]): Map<number, string> {
  const shared = (name: string): boolean => people.filter((one) => firstName(one.name) === firstName(name)).length > 1;
  return new Map(people.map(({ id, name }) => [id, shared(name) ? name : firstName(name)]));
}

/** Who of them is named in a text. */
export function mentioned(text: string, people: readonly Named[]): number[] {
  const called = handles(people);
  return people.filter(({ id, name }) => [name, called.get(id)!].some((one) => places(text, one).length > 0)).map(({ id }) => id);
}

/** A text in pieces, of which some are names. */
export function highlighted(text: string, people: readonly Named[]): { text: string; name: boolean }[] {
  const names = people.flatMap(({ name }) => [name, firstName(name)]);
  const found = names.flatMap((name) => places(text, name).map((at) => [at, at + name.length + 1] as const));
  const parts: { text: string; name: boolean }[] = [];
  let done = 0;
  for (const [from, to] of found.sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
    if (from < done) continue;
    if (from > done) parts.push({ text: text.slice(done, from), name: false });
    parts.push({ text: text.slice(from, to), name: true });
    done = to;
  }
  if (done < text.length) parts.push({ text: text.slice(done), name: false });
  return parts;
}

/** Where "@name" stands as a whole. */
function places(text: string, name: string): number[] {
  const [hay, needle] = [text.toLocaleLowerCase(), `@${name.toLocaleLowerCase()}`];
  const found: number[] = [];
  if (hay.length !== text.length || needle.length === 1) return found;
  for (let at = hay.indexOf(needle); at !== -1; at = hay.indexOf(needle, at + 1)) {
    if (!LETTER.test(text[at - 1] ?? '') && !LETTER.test(text[at + needle.length] ?? '')) found.push(at);
  }
  return found;
}
