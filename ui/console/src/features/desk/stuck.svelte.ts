/** Tells somebody whose message cannot go by itself any more and who has gone on to another conversation meanwhile. */
import { untrack } from 'svelte';
import type { Desk } from '../../state/desk.svelte.ts';
import { t } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { addressOf } from '../../state/owners.ts';
import { threadName } from './names.ts';

/**
 * Of each text that is told once, with the way to it: one notice for a conversation, which stays until somebody has sent it
 * away or opened the conversation.
 */
export function tellOfStuck(desk: Desk): void {
  const told = new Map<number, readonly string[]>();
  $effect(() => {
    // Names come with the lists.
    const { model, open } = desk;
    const talk = desk.talks.open;
    if (!model) return;
    const stuck = desk.sender.allStuck.map(({ id, thread }) => ({ id, conversation: Number(thread) }));
    untrack(() => {
      for (const one of new Set([...told.keys(), ...stuck.map(({ conversation }) => conversation)])) {
        const now = stuck.filter(({ conversation }) => conversation === one).map(({ id }) => id);
        tell(desk, one, one === open?.id || one === talk?.id ? [] : now, told.get(one) ?? []);
        told.set(one, now);
      }
    });
  });
}

function tell(desk: Desk, conversation: number, now: readonly string[], before: readonly string[]): void {
  const topic = `stuck:${conversation}`;
  if (now.length === 0) return notices.withdraw(topic);
  const more = now.some((id) => !before.includes(id));
  if (!more && (now.length === before.length || !notices.tells(topic))) return;
  notices.trouble(t('did.stuck', { name: threadName(desk, conversation), count: now.length }), addressOf(conversation), topic);
}
