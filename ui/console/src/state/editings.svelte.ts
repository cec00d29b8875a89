/** Messages that one is editing: one in each conversation, with what stands in its box, wherever one goes meanwhile. */
import { SvelteMap } from 'svelte/reactivity';
import type { Entry } from '@recado/shared/wire.ts';
import type { Drafts } from './drafts.svelte.ts';

export interface Editing {
  /** As it was when one began, or last looked. */
  readonly entry: Entry;
  readonly body: string;
}

const known = new SvelteMap<number, Editing>();

export const editings = {
  of: (conversation: number): Editing | undefined => known.get(conversation),
  begin: (conversation: number, entry: Entry): void => void known.set(conversation, { entry, body: entry.body }),
  type(conversation: number, body: string): void {
    const editing = known.get(conversation);
    if (editing) known.set(conversation, { ...editing, body });
  },
  end: (conversation: number): void => void known.delete(conversation),
  /** What was typed and differs from what is there: it lies on this page alone. */
  changed: (): string[] => [...known.values()].filter(({ body, entry }) => body !== entry.body).map(({ body }) => body),
  /** The conversation has gone: what was typed in it, and differs, is kept with what was not sent. */
  keep(conversation: number, drafts: Drafts): void {
    const editing = known.get(conversation);
    known.delete(conversation);
    if (!editing || editing.body === editing.entry.body) return;
    drafts.keep(editing.body, editing.entry.kind === 'note' ? 'note' : 'answer', conversation);
  },
};
