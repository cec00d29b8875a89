/** The words of a part that is fetched when it is used: they come with it, in the language of the chat's others. */
import type { Catalogue } from '@recado/shared/i18n.ts';
import type { Locale } from '@recado/shared/wire.ts';
import { locale } from './words.ts';

export class LaterWords {
  readonly #files: Record<Locale, URL>;
  #words: Catalogue | null = null;

  constructor(files: Record<Locale, URL>) {
    this.#files = files;
  }

  /** Must have ended before anything is drawn. */
  readonly learn = async (): Promise<void> => {
    this.#words ??= (await (await fetch(this.#files[locale()])).json()) as Catalogue;
  };

  /** Undefined where there is no such sentence, or where they have not come yet. */
  find(key: string): Catalogue[string] | undefined {
    return this.#words?.[key];
  }
}
