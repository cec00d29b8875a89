/** Where a long text is folded: a pasted log must not push the conversation off the screen. Pure. */
import { read, type Piece } from './marks.ts';

/** How much of a text is shown at first. */
export interface Measure {
  readonly lines: number;
  readonly characters: number;
}

const SCREEN: Measure = { lines: 40, characters: 4000 };
/** So far back is looked for a space to cut at, so that neither words nor addresses are cut in two. */
const BACK = 400;

/** The beginning of a text that is too long to be shown whole; null where it is not. */
export function beginning(text: string, { lines, characters } = SCREEN): string | null {
  let line = -1;
  for (let count = 0; count < lines; count += 1) {
    line = text.indexOf('\n', line + 1);
    if (line === -1) break;
  }
  const end = line === -1 ? characters : Math.min(line, characters);
  if (text.length <= end) return null;
  return text.slice(0, cut(text, end)).trimEnd() + '…';
}

/** The same in pieces; an address that is cut in two still leads to the whole of it, and emphasis goes as far as it is shown. */
export function folded(text: string, measure = SCREEN): Piece[] | null {
  const start = beginning(text, measure);
  if (start === null) return null;
  const end = start.length - 1;
  const shown = read(text)
    .filter(({ at }) => at < end)
    .map((piece) => ({ ...piece, text: piece.text.slice(0, end - piece.at) }));
  return [...shown, { text: '…', at: end }];
}

function cut(text: string, end: number): number {
  const space = text.slice(end - Math.min(BACK, end), end + 1).search(/\s\S*$/u);
  if (space > 0) return end - Math.min(BACK, end) + space;
  // Never between the halves of a character.
  return /[\uDC00-\uDFFF]/u.test(text.charAt(end)) ? end - 1 : end;
}
