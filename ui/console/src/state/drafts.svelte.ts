/**
 * What is being written, one text for each conversation: on the server after a moment, and in this browser at once, so that
 * neither a closed page nor a lost connection takes a word.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { Draft } from '@recado/shared/wire.ts';
import { call } from './backend.ts';

interface Kept {
  body: string;
  /** True until the server has it. */
  dirty: boolean;
}

const SAVE_AFTER_MS = 700;

export class Drafts {
  private readonly texts = new SvelteMap<number, string>();
  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();
  private readonly prefix: string;
  /** Texts whose conversation somebody else attends now; the server keeps them for their writer. */
  orphans = $state.raw<readonly Draft[]>([]);

  constructor(me: number) {
    this.prefix = `recado:draft:${me}:`;
    for (const [id, kept] of this.stored()) this.texts.set(id, kept.body);
  }

  get(conversation: number): string {
    return this.texts.get(conversation) ?? '';
  }

  /** Takes over the server's drafts, except where this browser has words the server lacks. */
  takeOver(drafts: readonly Draft[]): void {
    this.orphans = drafts.filter((draft) => draft.conversation === null);
    const local = this.stored();
    for (const draft of drafts) {
      if (draft.conversation !== null && !local.get(draft.conversation)?.dirty) this.texts.set(draft.conversation, draft.body);
    }
    for (const [id, kept] of local) if (kept.dirty) this.schedule(id);
  }

  set(conversation: number, body: string): void {
    if (body === '') this.texts.delete(conversation);
    else this.texts.set(conversation, body);
    this.store(conversation, { body, dirty: true });
    this.schedule(conversation);
  }

  /** The text has been sent or thrown away: the server forgets it without delay. */
  clear(conversation: number): void {
    this.set(conversation, '');
    void this.save(conversation);
  }

  /** The conversation has gone to somebody else: nothing of it is kept here any more. */
  forget(conversation: number): string {
    const body = this.get(conversation);
    clearTimeout(this.timers.get(conversation));
    this.texts.delete(conversation);
    this.remove(conversation);
    return body;
  }

  async discard(orphan: Draft): Promise<void> {
    await call('DELETE', `/drafts/${orphan.id}`);
    this.orphans = this.orphans.filter((other) => other.id !== orphan.id);
  }

  private schedule(conversation: number): void {
    clearTimeout(this.timers.get(conversation));
    this.timers.set(conversation, setTimeout(() => void this.save(conversation), SAVE_AFTER_MS));
  }

  private async save(conversation: number): Promise<void> {
    clearTimeout(this.timers.get(conversation));
    const body = this.get(conversation);
    try {
      await call('PUT', `/conversations/${conversation}/draft`, { mode: 'answer', body });
    } catch {
      // It stays here as dirty, and goes with the next keystroke or the next load.
      return;
    }
    if (this.get(conversation) !== body) return;
    if (body === '') this.remove(conversation);
    else this.store(conversation, { body, dirty: false });
  }

  private store(conversation: number, kept: Kept): void {
    try {
      localStorage.setItem(this.prefix + conversation, JSON.stringify(kept));
    } catch {
      // Without storage the server's copy is the only one.
    }
  }

  private remove(conversation: number): void {
    try {
      localStorage.removeItem(this.prefix + conversation);
    } catch {
      // Nothing was stored either.
    }
  }

  private stored(): Map<number, Kept> {
    const found = new Map<number, Kept>();
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(this.prefix)) continue;
        found.set(Number(key.slice(this.prefix.length)), JSON.parse(localStorage.getItem(key)!) as Kept);
      }
    } catch {
      // Unreadable storage is as good as none.
    }
    return found;
  }
}
