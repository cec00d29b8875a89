/** How catalogues are held against the code that speaks them; for the tests of console and widget. */
import type { Catalogue, Sentence } from './i18n.ts';

/** One call of `t`: the keys it may say, those it puts together (`desk.*`), and the places it fills; null: not said here. */
export interface Call {
  keys: string[];
  patterns: string[];
  places: string[] | null;
  text: string;
}

/** The places of a sentence, each once. */
export function placesOf(sentence: Sentence): string[] {
  return [...new Set([...JSON.stringify(sentence).matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort();
}

/** Every word of letters, digits and dots that stands between quotes, as keys do. */
export function quoted(code: string): Set<string> {
  return new Set([...code.matchAll(/(?<=(['"`]))[\w.]+(?=\1)/g)].map((match) => match[0]));
}

/** The texts between quotes in a piece of code that has no others around it. */
function texts(code: string): string[] {
  return [...code.matchAll(/(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g)].map((match) => match[2]!);
}

/** Every key that is put together, with * for what is filled in: a template with at least one dot before it. */
export function patterns(code: string): Set<string> {
  const templates = [...code.matchAll(/`([a-zA-Z]+\.(?:[\w.]|\$\{[^}]*\})*)`/g)].map((match) => match[1]!);
  return new Set(templates.filter((one) => one.includes('${')).map(starred));
}

const starred = (template: string): string => template.replace(/\$\{[^}]*\}/g, '*');

/** Every call of `t` and `tryT` in the code. */
export function calls(code: string): Call[] {
  return [...code.matchAll(/(?<![\w.])(?:t|tryT)\(/g)]
    .map((match) => argumentsAt(code, match.index + match[0].length))
    .filter((parts) => parts.length > 0 && !/^\w+\??:/.test(parts[0]!.trim()))
    .map(callOf);
}

function callOf(parts: string[]): Call {
  const last = parts.at(-1)!.trim();
  const filled = last.startsWith('{');
  const names = filled ? parts.slice(0, -1) : parts;
  const said = names.flatMap(texts);
  // Something that is no literal stands where the places would be.
  const unsaid = !filled && parts.length > 1 && !/^['"`]/.test(last);
  return {
    keys: said.filter((text) => !text.includes('${')),
    patterns: said.filter((text) => text.includes('${')).map(starred),
    places: unsaid ? null : filled ? propertiesOf(last) : [],
    text: parts.join(','),
  };
}

/** The names in an object literal, without what is inside its values. */
function propertiesOf(literal: string): string[] {
  return argumentsAt(literal, 1)
    .map((part) => /^\s*['"]?(\w+)/.exec(part)?.[1])
    .filter((name): name is string => name !== undefined)
    .sort();
}

/** The parts between here and the bracket that closes, as commas outside of brackets and quotes divide them. */
function argumentsAt(code: string, from: number): string[] {
  const parts: string[] = [];
  let [depth, start, quote] = [0, from, ''];
  for (let at = from; at < code.length; at += 1) {
    const sign = code[at]!;
    if (quote !== '') {
      if (sign === '\\') at += 1;
      else if (sign === quote) quote = '';
    } else if (`'"\``.includes(sign)) quote = sign;
    else if ('([{'.includes(sign)) depth += 1;
    else if (')]}'.includes(sign) && depth-- === 0) return [...parts, code.slice(start, at)].filter((part) => part.trim() !== '');
    else if (sign === ',' && depth === 0) {
      parts.push(code.slice(start, at));
      start = at + 1;
    }
  }
  return [];
}

/** What is wrong between a call and the catalogues, in words; nothing where all is well. */
export function complaints(call: Call, catalogue: Catalogue, expand: (pattern: string) => string[]): string[] {
  const keys = [...call.keys, ...call.patterns.flatMap(expand)].filter((key) => key in catalogue);
  if (call.places === null) return [];
  return keys
    .filter((key) => placesOf(catalogue[key]!).some((place) => !call.places!.includes(place)))
    .map((key) => `${key} needs ${placesOf(catalogue[key]!).join(', ')}; it gets ${call.places!.join(', ') || 'nothing'}`);
}
