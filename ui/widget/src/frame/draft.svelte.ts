/** What stands in the box. It survives a reload, like everything that was typed; all tabs keep it in one place. */
import { openChannel } from '@recado/shared/channel.ts';
import type { KeyStore } from '@recado/shared/outbox-keep.ts';
import { put } from './storage.ts';

export class Draft {
  readonly storage: KeyStore;
  readonly key: string;
  readonly #tabs: BroadcastChannel | null;
  #held = $state.raw('');
  #offered = '';
  /** True where it was written here, as against what lay there when the page was loaded. */
  #own = false;

  constructor(scope: string, storage: KeyStore) {
    this.storage = storage;
    this.key = `recado:draft:${scope}`;
    this.#held = this.storage.getItem(this.key) ?? '';
    this.#tabs = openChannel(this.key);
    this.#tabs?.addEventListener('message', ({ data: sent }) => {
      // What was only shown here, or began what another tab has sent, has gone with it; its place is free for what was written.
      if (this.#own && !sent.startsWith(this.#held)) this.text = this.#held;
      else this.#held = '';
    });
  }

  get text(): string {
    return this.#held;
  }

  set text(text: string) {
    this.#held = text;
    this.#own = true;
    put(this.storage, this.key, text);
  }

  /** What stands in the box, which is sent now. */
  take(): string {
    const text = this.#held;
    this.text = '';
    this.#tabs?.postMessage(text);
    return text;
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
