/** Quick replies: which are offered for what is typed after a slash, and what they say in this conversation. Pure. */
import { firstName } from '@recado/shared/people.ts';
import type { ConversationRow, Me, Reply } from '@recado/shared/wire.ts';
import { fold } from './find.ts';

/** Where there is nothing to say, null: what has no name cannot be called by it. */
const VALUES = {
  'customer.name': ({ customer }: ConversationRow) => customer.name,
  'customer.first_name': ({ customer }: ConversationRow) => customer.name && firstName(customer.name),
  'customer.email': ({ customer }: ConversationRow) => customer.email,
  'operator.name': (_: ConversationRow, me: Me) => me.name,
  'operator.first_name': (_: ConversationRow, me: Me) => firstName(me.name),
  'department.name': ({ department }: ConversationRow) => department.name,
  'conversation.id': ({ id }: ConversationRow) => String(id),
};
export type Placeholder = keyof typeof VALUES;
export const PLACEHOLDERS = Object.keys(VALUES) as Placeholder[];

/** A piece of a text: words, or a place with what stands in it here; null where there is nothing. */
export type Piece = { text: string } | { place: Placeholder; value: string | null };

const PLACE = new RegExp(`\\{\\{\\s*(${PLACEHOLDERS.join('|').replaceAll('.', '\\.')})\\s*\\}\\}`);

/** A text in pieces, its places filled in for a conversation and whoever writes in it. */
export function filled(text: string, row: ConversationRow, me: Me): Piece[] {
  // Split by a pattern with one group, every second piece is what the group has caught.
  return text.split(PLACE).flatMap((piece, at): Piece[] => {
    if (at % 2 === 1) return [{ place: piece as Placeholder, value: VALUES[piece as Placeholder](row, me) }];
    return piece === '' ? [] : [{ text: piece }];
  });
}

/** What a text says: a place without a value stays as it is written. */
export const wordsOf = (pieces: readonly Piece[]): string =>
  pieces.map((piece) => ('text' in piece ? piece.text : (piece.value ?? `{{${piece.place}}}`))).join('');

/** The places that have nothing to say here, each once: as long as there are any, the text cannot be sent. */
export const missingIn = (pieces: readonly Piece[]): Placeholder[] => [
  ...new Set(pieces.flatMap((piece) => ('place' in piece && piece.value === null ? [piece.place] : []))),
];

/** The names of its files. */
export const namesOf = ({ files }: Reply): string => files.map(({ name }) => name).join(', ');

/** A reply with what it is found by. */
export interface Findable {
  reply: Reply;
  name: string;
  title: string;
  text: string;
}

/** The replies that I use, made ready to be looked through at every letter; an admin keeps those of other departments, too. */
export function findable(replies: readonly Reply[], me: Me): Findable[] {
  const mine = new Set(me.departments.map(({ id }) => id));
  return replies
    .filter(({ department }) => department === null || mine.has(department))
    .map((reply) => ({ reply, name: fold(reply.name), title: fold(reply.title ?? ''), text: fold(reply.text) }));
}

/** Those that fit: by the beginning of the name, by a word of name or title, then by the text; of equals, in their order. */
export function matching(all: readonly Findable[], query: string): Reply[] {
  const wanted = fold(query);
  if (wanted === '') return all.map(({ reply }) => reply);
  const ranks: Reply[][] = [[], [], []];
  for (const { reply, name, title, text } of all) {
    const rank = name.startsWith(wanted)
      ? 0
      : name.includes(wanted) || ` ${title}`.includes(` ${wanted}`)
        ? 1
        : title.includes(wanted) || text.includes(wanted)
          ? 2
          : null;
    if (rank !== null) ranks[rank]!.push(reply);
  }
  return ranks.flat();
}

const BEING_WRITTEN = /(?:^|\s)\/([^\s/]{0,60})$/;

/** What is being typed after a slash that begins a word and ends at the caret; null where nothing is. */
export function replyAskedAt(text: string, caret: number): { from: number; query: string } | null {
  const found = BEING_WRITTEN.exec(text.slice(0, caret));
  return found ? { from: caret - found[1]!.length - 1, query: found[1]! } : null;
}
