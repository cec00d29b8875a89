/** Made when the pages are built: what the picker and `:name` know of each emoji, one file for each language. */
import { createRequire } from 'node:module';
import { wordsIn, type Row } from './catalogue.ts';

const require = createRequire(import.meta.url);
/** Where a language is written in more than one way, what is said elsewhere finds it, too. */
const SOURCES = { es: ['es', 'es-mx'], en: ['en', 'en-gb'], pt: ['pt'] } as const;
/** Skin tones and parts of hair alone: they are nothing that one writes. */
const COMPONENTS = 2;

/** What is used of an entry of emojibase. */
interface Known {
  readonly emoji: string;
  readonly label: string;
  readonly hexcode: string;
  readonly version: number;
  readonly group?: number;
  readonly order?: number;
  readonly tags?: readonly string[];
  readonly tone?: number | readonly number[];
  readonly skins?: readonly Known[];
}

/** All emoji in the order in which they are shown, with their names and what else finds them in a language. */
export function rowsFor(locale: keyof typeof SOURCES): Row[] {
  const [main, ...others] = SOURCES[locale].map((name) => require(`emojibase-data/${name}/data.json`) as Known[]);
  const elsewhere = others.map((all) => new Map(all.map((one) => [one.hexcode, one])));
  const codes = require('emojibase-data/en/shortcodes/github.json') as Record<string, string | string[]>;
  return main!
    .filter(({ group }) => group !== undefined && group !== COMPONENTS)
    .sort((a, b) => a.order! - b.order!)
    .map((one) => {
      const said = [one, ...elsewhere.flatMap((all) => all.get(one.hexcode) ?? [])];
      const words = said.flatMap(({ label, tags }) => [label, ...(tags ?? [])]);
      const found = rest(one.label, [...words, ...[codes[one.hexcode] ?? []].flat()]);
      const row = [plain(one.emoji), one.group!, one.version, one.label, found] as const;
      const skins = one.skins?.filter(({ tone }) => typeof tone === 'number') ?? [];
      return skins.length === 0 ? row : [...row, skins.map(({ emoji }) => plain(emoji)), skins[0]!.version];
    });
}

/** Without the mark that asks for colour, where that is what comes anyway. */
const plain = (emoji: string): string => emoji.replace(/^(\p{Emoji_Presentation})\uFE0F$/u, '$1');

/** The words that its name has not got, each once. */
function rest(name: string, texts: readonly string[]): string {
  const known = new Set(wordsIn(name));
  return [...new Set(texts.flatMap(wordsIn))].filter((word) => !known.has(word)).join(' ');
}
