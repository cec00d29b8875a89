/** Tells somebody whose message cannot go by itself any more and who has gone on to another conversation meanwhile. */
import { untrack } from 'svelte';
import type { Desk } from '../../state/desk.svelte.ts';
import { find, type DeskModel } from '../../state/desk-model.ts';
import { t } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { customerName } from './names.ts';

/**
 * Of each text that is told once, with the way to it: one notice for a conversation, which stays until somebody has sent it
 * away or opened the conversation.
 */
export function tellOfStuck(desk: Desk): void {
  const told = new Map<number, readonly string[]>();
  $effect(() => {
    // Names come with the lists.
    const { model, open } = desk;
    if (!model) return;
    const stuck = desk.sender.allStuck.map(({ id, thread }) => ({ id, conversation: Number(thread) }));
    untrack(() => {
      for (const one of new Set([...told.keys(), ...stuck.map(({ conversation }) => conversation)])) {
        const now = stuck.filter(({ conversation }) => conversation === one).map(({ id }) => id);
        tell(model, one, one === open?.id ? [] : now, told.get(one) ?? []);
        told.set(one, now);
      }
    });
  });
}

function tell(model: DeskModel, conversation: number, now: readonly string[], before: readonly string[]): void {
  const topic = `stuck:${conversation}`;
  if (now.length === 0) return notices.withdraw(topic);
  const more = now.some((id) => !before.includes(id));
  if (!more && (now.length === before.length || !notices.tells(topic))) return;
  const name = customerName(find(model, conversation) ?? { id: conversation, customer: { name: null } });
  notices.trouble(t('did.stuck', { name, count: now.length }), `/desk/${conversation}`, topic);
}
