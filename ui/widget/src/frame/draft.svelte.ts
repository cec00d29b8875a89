/** What stands in the box. It survives a reload, like everything that was typed. */
import type { KeyStore } from '@recado/shared/outbox-keep.ts';

export class Draft {
  readonly #storage: KeyStore;
  readonly #key: string;
  #held = $state.raw('');
  #offered = '';

  constructor(scope: string, storage: KeyStore) {
    this.#storage = storage;
    this.#key = `recado:draft:${scope}`;
    this.#held = this.#storage.getItem(this.#key) ?? '';
  }

  get text(): string {
    return this.#held;
  }

  set text(text: string) {
    this.#held = text;
    try {
      if (text === '') this.#storage.removeItem(this.#key);
      else this.#storage.setItem(this.#key, text);
    } catch {
      // Full or forbidden: it then lives as long as the page.
    }
  }

  /** Puts a text back in front of what was typed since. */
  giveBack(text: string): void {
    this.text = this.#held.trim() === '' ? text : `${text}\n${this.#held}`;
  }

  /** A text by the page, for a box in which the visitor has written nothing of their own. */
  offer(text: string): void {
    if (this.#held.trim() === '' || this.#held === this.#offered) this.text = this.#offered = text;
  }
}
