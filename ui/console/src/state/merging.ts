/**
 * One thing that two people have changed at once, brought together part by part.
 *
 * Parts are the fields of an object, the places of a list of lists (the days of a week), and the members of a list that have
 * an `id`. Of a list of plain values each is there or not. Everything else is a whole. A part is named by its path: "en.away",
 * "questions.order.required".
 */
type Parts = Readonly<Record<string, unknown>>;
type Named = { readonly id: string };

interface Merged {
  /** Mine, with whatever they have set and I have not. */
  value: unknown;
  /** What both have set, each to something else: it is as I have set it. */
  clashes: string[];
}

const isObject = (value: unknown): value is Parts => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';
const isNamed = (value: unknown): value is Named => isObject(value) && typeof value.id === 'string';

/** Whether each is a list, and all that is in them is such. */
const listsOf = (is: (one: unknown) => boolean, ...values: unknown[]): boolean =>
  values.every((value) => Array.isArray(value) && value.every(is));

/** The same, in whatever order where it is a list of plain values. */
export function same(a: unknown, b: unknown): boolean {
  if (listsOf(isPlain, a, b)) return JSON.stringify([...(a as [])].sort()) === JSON.stringify([...(b as [])].sort());
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The parts of several values of the same kind by their names; null where one of them is a whole. */
function partsOf(...values: unknown[]): Parts[] | null {
  if (values.every(isObject)) return values;
  if (listsOf(isNamed, ...values))
    return (values as Named[][]).map((list) => Object.fromEntries(list.map((one) => [`#${one.id}`, one])));
  return listsOf(Array.isArray, ...values) ? (values as unknown as Parts[]) : null;
}

/** Parts as they were before they had names. */
const joined = (parts: Parts, like: unknown): unknown => (Array.isArray(like) ? Object.values(parts) : parts);

/** A name as it stands in a path: "#" keeps ids that are numbers in the order in which they are. */
const plainly = (name: string): string => name.replace(/^#/u, '');

/** `whole`: the names of parts that have none themselves, because they say nothing without one another. */
export function merge(base: unknown, mine: unknown, theirs: unknown, whole: readonly string[] = []): Merged {
  return mergeAt('', base, mine, theirs, whole);
}

function mergeAt(path: string, base: unknown, mine: unknown, theirs: unknown, whole: readonly string[]): Merged {
  if (same(mine, base)) return { value: theirs, clashes: [] };
  if (same(theirs, base) || same(mine, theirs)) return { value: mine, clashes: [] };
  if (listsOf(isPlain, base, mine, theirs)) return { value: union(base as [], mine as [], theirs as []), clashes: [] };
  const parts = whole.includes(path.slice(path.lastIndexOf('.') + 1)) ? null : partsOf(base, mine, theirs);
  if (parts === null) return { value: mine, clashes: [path] };
  const [was, my, their] = parts as [Parts, Parts, Parts];
  const value: Record<string, unknown> = {};
  const clashes: string[] = [];
  for (const name of new Set([...Object.keys(my), ...Object.keys(their)])) {
    const inner = path === '' ? plainly(name) : `${path}.${plainly(name)}`;
    const merged = mergeAt(inner, was[name], my[name], their[name], whole);
    if (merged.value !== undefined) value[name] = merged.value;
    clashes.push(...merged.clashes);
  }
  return { value: joined(value, mine), clashes };
}

/** A value whose parts with an `id` have the names that `names` gives them in place of their own; no two of a list have the same. */
export function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (names.size === 0 || (!isObject(value) && !Array.isArray(value))) return value;
  if (!listsOf(isNamed, value))
    return Array.isArray(value)
      ? value.map((one) => renamed(one, names))
      : Object.fromEntries(Object.entries(value).map(([name, one]) => [name, renamed(one, names)]));
  const given = new Set((value as Named[]).flatMap(({ id }) => names.get(id) ?? []));
  return (value as Named[]).map((one) => ({
    ...one,
    id: names.get(one.id) ?? (given.has(one.id) ? `${one.id}+` : one.id),
  }));
}

function union<T>(base: readonly T[], mine: readonly T[], theirs: readonly T[]): T[] {
  const kept = mine.filter((one) => theirs.includes(one) || !base.includes(one));
  return [...kept, ...theirs.filter((one) => !mine.includes(one) && !base.includes(one))];
}

/** What is at a path; undefined where there is none. */
export function partAt(value: unknown, path: string): unknown {
  let part = value;
  for (const name of path.split('.'))
    part = listsOf(isNamed, part) ? (part as Named[]).find(({ id }) => id === name) : (part as Parts | undefined)?.[name];
  return part;
}

/** `mine` with what `theirs` has at a path, were it nothing. */
export function taken(mine: unknown, theirs: unknown, path: string): unknown {
  const [first = '', ...others] = path.split('.');
  const parts = partsOf(mine, theirs);
  if (parts === null) return theirs;
  const name = listsOf(isNamed, mine, theirs) ? `#${first}` : first;
  const [my, their] = parts as [Parts, Parts];
  const part = others.length === 0 ? their[name] : taken(my[name], their[name], others.join('.'));
  const { [name]: _, ...rest } = my;
  return joined(part === undefined ? rest : { ...my, [name]: part }, mine);
}
