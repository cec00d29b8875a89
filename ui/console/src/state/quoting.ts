/** A message in a few words, where another one answers to it. Pure. */
import type { Entry, Quote } from '@recado/shared/wire.ts';
import { excerptOf } from './voice.svelte.ts';

const EXCERPT = 140;

/** An entry as another one quotes it, ahead of the server's word. */
export function quoteOf({ seq, kind, author, body, gone }: Entry): Quote {
  const line = body.slice(0, EXCERPT * 4).split(/\s+/u).join(' ').trim();
  return { seq, kind, author, text: line.length > EXCERPT ? `${line.slice(0, EXCERPT - 1)}…` : line, gone };
}

/** The words of a quotation, without marks. */
export const wordsOf = (quote: Quote): string => excerptOf(quote.text);
