/**
 * Where the chat keeps what must survive a reload: unsent messages and what stands in the box.
 *
 * The frame's own storage, which no script of the site can read. Many browsers deny it to a frame on another site, with
 * database, locks and channels; then the loader keeps it beside the resume key, and there is nothing in it that the visitor
 * has not typed on that site. Other tabs are then not heard: each has what lay there when its page was loaded.
 */
import { findStorage, type KeyStore } from '@recado/shared/outbox-keep.ts';
import type { Host } from './host.ts';

export function openStorage(host: Host, kept: Readonly<Record<string, string>>): KeyStore {
  return findStorage() ?? new HostStorage(host, kept);
}

/** Keeps a text, or nothing. Where storage is full or forbidden it lives as long as the page. */
export function put(storage: KeyStore, name: string, text: string): void {
  try {
    if (text === '') storage.removeItem(name);
    else storage.setItem(name, text);
  } catch {
    // What was kept before is then older than what is shown.
  }
}

class HostStorage implements KeyStore {
  readonly #host: Host;
  readonly #texts: Map<string, string>;

  constructor(host: Host, kept: Readonly<Record<string, string>>) {
    this.#host = host;
    this.#texts = new Map(Object.entries(kept).filter(([name]) => name !== ''));
  }

  get length(): number {
    return this.#texts.size;
  }

  key(index: number): string | null {
    return [...this.#texts.keys()][index]?.slice(1) ?? null;
  }

  getItem(name: string): string | null {
    return this.#texts.get(`:${name}`) ?? null;
  }

  setItem(name: string, text: string): void {
    this.#texts.set(`:${name}`, text);
    this.#host.tell({ type: 'keep', name: `:${name}`, text });
  }

  removeItem(name: string): void {
    this.#texts.delete(`:${name}`);
    this.#host.tell({ type: 'keep', name: `:${name}`, text: null });
  }
}
