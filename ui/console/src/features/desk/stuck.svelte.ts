/** Tells somebody whose message cannot go by itself any more and who has gone on to another conversation meanwhile. */
import { untrack } from 'svelte';
import type { Desk } from '../../state/desk.svelte.ts';
import { find } from '../../state/desk-model.ts';
import { t } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { isStuck } from '../../state/sender.svelte.ts';
import { customerName } from './names.ts';

/** Each is told once, with the way to it, and stays until somebody has seen it. */
export function tellOfStuck(desk: Desk): void {
  let told = new Set<string>();
  $effect(() => {
    const stuck = desk.sender.items.filter(isStuck);
    untrack(() => {
      for (const { id, thread } of stuck)
        if (!told.has(id) && desk.open?.id !== Number(thread)) tell(desk, Number(thread));
      told = new Set(stuck.map(({ id }) => id));
    });
  });
}

function tell(desk: Desk, conversation: number): void {
  const row = desk.model && find(desk.model, conversation);
  const name = customerName(row ?? { id: conversation, customer: { name: null } });
  notices.news(t('did.stuck', { name }), `/desk/${conversation}`, true);
}
