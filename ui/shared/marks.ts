/**
 * Text with its addresses, *simple emphasis* and `code` found, in pieces to be drawn one after the other. Pure.
 *
 * A mark counts only around words: snake_case, 2*3*4 and an address with underscores stay as they are, and so does a mark
 * without its other half. Strangers write these texts: whatever they are, one pass over them is enough.
 */
import { split, type Part } from './links.ts';

export interface Piece extends Part {
  /** Where its text begins in the whole. */
  readonly at: number;
  readonly strong?: boolean;
  readonly em?: boolean;
  /** Code: within a line, or lines of their own. */
  readonly code?: 'line' | 'block';
}

/** An emphasis begins after one of these, or at the beginning of a line, and before a word. */
const BEFORE = /[\s([{"'“‘«¿¡—–*_]/u;
const BEGINS = /[\p{L}\p{N}\p{Sc}\p{So}"'“‘«¿¡([#@&+]/u;
/** It ends before one of these, or at the end of a line. */
const AFTER = /[\s)\]}"'”’».,;:!?…—–*_]/u;
const WORDS = /[\p{L}\p{N}]/u;
const FENCE = '```';
/** In how many pieces a text is drawn at most: of one that is nothing but marks, the rest stays as it was written. */
const MOST = 2_000;

/** The pieces of a text, in order; of marks that meant something, what they stood around. */
export function read(text: string): Piece[] {
  const pieces: Piece[] = [];
  let [from, at] = [0, 0];
  const plain = (to: number): void => {
    if (to > from) pieces.push(...emphasised(text.slice(from, to), from));
  };
  while ((at = text.indexOf('`', at)) !== -1) {
    const found = (at === 0 || text[at - 1] === '\n') && text.startsWith(FENCE, at) ? block(text, at) : inline(text, at);
    if (found.piece) {
      plain(at);
      pieces.push(found.piece);
      from = found.end;
    }
    at = found.end;
  }
  plain(text.length);
  const rest = pieces[MOST];
  return rest ? [...pieces.slice(0, MOST), { text: text.slice(rest.at), at: rest.at }] : pieces;
}

/** What is left of a text where it stands in one line, without its marks. */
export function plain(text: string): string {
  return read(text.replaceAll(FENCE, ''))
    .map((piece) => piece.text)
    .join('');
}

interface Found {
  piece?: Piece;
  end: number;
}

/** Lines between two fences, each on a line of its own; the first may name the language. Without the second: to the end. */
function block(text: string, at: number): Found {
  const begins = text.indexOf('\n', at) + 1;
  const first = text.slice(at + FENCE.length, begins === 0 ? text.length : begins);
  if (begins === 0 || first.includes('`')) return inline(text, at);
  let ends = text.indexOf(`\n${FENCE}`, begins - 1);
  while (ends !== -1 && !/^\s*?(?:\n|$)/u.test(text.slice(ends + 1 + FENCE.length, ends + 80)))
    ends = text.indexOf(`\n${FENCE}`, ends + 1);
  if (ends === -1) ends = text.length;
  const code = text.slice(begins, Math.max(ends, begins));
  const after = text.indexOf('\n', ends + 1);
  const end = after === -1 ? text.length : after + 1;
  return code.trim() === '' ? { end } : { piece: { text: code, at: begins, code: 'block' }, end };
}

/** Between two of the same marks within a line. */
function inline(text: string, at: number): Found {
  let opened = at;
  while (text[opened] === '`') opened += 1;
  if (opened - at > 1) return { end: opened };
  const closed = text.indexOf('`', opened);
  const line = text.indexOf('\n', opened);
  if (closed === -1) return { end: text.length };
  if (line !== -1 && line < closed) return { end: line };
  const code = text.slice(opened, closed);
  if (code.trim() === '' || text[closed + 1] === '`') return { end: closed };
  return { piece: { text: code, at: opened, code: 'line' }, end: closed + 1 };
}

interface Range {
  from: number;
  to: number;
  mark: string;
}

function emphasised(text: string, offset: number): Piece[] {
  const parts: Piece[] = [];
  let at = 0;
  for (const part of split(text)) {
    parts.push({ ...part, at });
    at += part.text.length;
  }
  const ranges = rangesIn(
    text,
    parts.filter(({ href }) => href),
  );
  return cut(parts, ranges).map((part) => ({ ...part, at: part.at + offset }));
}

/** What stands between two marks, with both of them. Marks within addresses are none. */
function rangesIn(text: string, addresses: readonly Piece[]): Range[] {
  const ranges: Range[] = [];
  let next = 0;
  let open: Record<string, number> = {};
  for (let at = 0; at < text.length && ranges.length < MOST; at += 1) {
    const address = addresses[next];
    if (address !== undefined && at >= address.at) {
      at = address.at + address.text.length - 1;
      next += 1;
      continue;
    }
    const mark = text[at]!;
    if (mark === '\n') open = {};
    if (mark !== '*' && mark !== '_') continue;
    const begun = open[mark];
    if (begun !== undefined && closes(text, at)) {
      if (WORDS.test(text.slice(begun + 1, at))) ranges.push({ from: begun, to: at, mark });
      // Whatever it was: what has been looked through once is not looked through again.
      delete open[mark];
    } else if (opens(text, at)) open[mark] = at;
  }
  return ranges;
}

function opens(text: string, at: number): boolean {
  const [mark, before] = [text[at]!, text[at - 1]];
  if (before === mark || (before !== undefined && !BEFORE.test(before))) return false;
  const inner = '*_'.replace(mark, '');
  const after = text[at + 1] === inner ? at + 2 : at + 1;
  return BEGINS.test(String.fromCodePoint(text.codePointAt(after) ?? 32));
}

function closes(text: string, at: number): boolean {
  const [mark, before, after] = [text[at]!, text[at - 1]!, text[at + 1]];
  return before !== mark && after !== mark && !/\s/u.test(before) && (after === undefined || AFTER.test(after));
}

/** The parts cut where an emphasis begins or ends, without the marks. */
function cut(parts: readonly Piece[], ranges: readonly Range[]): Piece[] {
  const edges = ranges.flatMap(({ from, to, mark }) => [
    { at: from, mark, on: true },
    { at: to, mark, on: false },
  ]);
  edges.sort((a, b) => a.at - b.at);
  const pieces: Piece[] = [];
  const so = { '*': false, _: false };
  let next = 0;
  for (const part of parts) {
    const end = part.at + part.text.length;
    let from = part.at;
    const put = (to: number): void => {
      if (to > from)
        pieces.push({
          ...part,
          text: part.text.slice(from - part.at, to - part.at),
          at: from,
          ...(so['*'] && { strong: true }),
          ...(so._ && { em: true }),
        });
    };
    for (; next < edges.length && edges[next]!.at < end; next += 1) {
      const { at, mark, on } = edges[next]!;
      put(at);
      so[mark as '*' | '_'] = on;
      from = at + 1;
    }
    put(end);
  }
  return pieces;
}
