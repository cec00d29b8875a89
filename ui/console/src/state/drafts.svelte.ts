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
  private readonly keptKey: string;
  /** Texts without a conversation: those the server keeps, and those that were on their way when somebody else was quicker. */
  private served = $state.raw<readonly Draft[]>([]);
  private kept = $state.raw<readonly Draft[]>([]);

  constructor(me: number) {
    this.prefix = `recado:draft:${me}:`;
    this.keptKey = `recado:kept:${me}`;
    this.kept = read<Draft[]>(this.keptKey) ?? [];
    for (const [id, kept] of this.stored()) this.texts.set(id, kept.body);
  }

  /** Texts of mine that were not sent and whose conversation is no longer mine to write in; each once. */
  get orphans(): readonly Draft[] {
    const known = new Set(this.served.map((draft) => draft.body));
    return [...this.served, ...this.kept.filter((draft) => !known.has(draft.body))];
  }

  get(conversation: number): string {
    return this.texts.get(conversation) ?? '';
  }

  /** Takes over the server's drafts, except where this browser has words the server lacks. */
  takeOver(drafts: readonly Draft[]): void {
    this.served = drafts.filter((draft) => draft.conversation === null);
    const local = this.stored();
    for (const draft of drafts) this.adopt(draft, local);
    for (const [id, kept] of local) if (kept.dirty) this.schedule(id);
  }

  /** Takes over one of the server's drafts, unless this browser has words the server lacks. */
  adopt(draft: Draft, local = this.stored()): void {
    if (draft.conversation === null || local.get(draft.conversation)?.dirty) return;
    this.texts.set(draft.conversation, draft.body);
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

  /** Words that were not sent are kept in this browser until they are thrown away. */
  keep(body: string): void {
    if (body.trim() === '' || this.kept.some((draft) => draft.body === body)) return;
    const id = -Date.now();
    this.keepAll([...this.kept, { id, conversation: null, mode: 'answer', body, updated_at: Date.now() * 1000 }]);
  }

  async discard(orphan: Draft): Promise<void> {
    if (orphan.id > 0) await call('DELETE', `/drafts/${orphan.id}`);
    this.served = this.served.filter((other) => other.id !== orphan.id);
    this.keepAll(this.kept.filter((other) => other.body !== orphan.body));
  }

  private keepAll(kept: readonly Draft[]): void {
    this.kept = kept;
    write(this.keptKey, kept);
  }

  private schedule(conversation: number): void {
    clearTimeout(this.timers.get(conversation));
    this.timers.set(
      conversation,
      setTimeout(() => void this.save(conversation), SAVE_AFTER_MS),
    );
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
    write(this.prefix + conversation, kept);
  }

  private remove(conversation: number): void {
    localStorage.removeItem(this.prefix + conversation);
  }

  private stored(): Map<number, Kept> {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
    const found = keys.map((key) => [Number(key.slice(this.prefix.length)), read<Kept>(key)] as const);
    return new Map(found.filter((pair): pair is readonly [number, Kept] => pair[1] !== null));
  }
}

function read<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as T | null;
  } catch {
    // Unreadable is as good as not there.
    return null;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full storage: the server's copy is then the only one.
  }
}
