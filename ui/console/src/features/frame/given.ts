/** Tells somebody, on whichever page they are, what they have been given, and what was taken from them. */
import type { ConversationRow } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { router } from '../../state/router.svelte.ts';
import { customerName } from '../desk/names.ts';

/** With the way to it, unless it is open here. `passing`: the page shows it, too, and the notice leaves by itself. */
export function tellOf(row: ConversationRow, passing: boolean): void {
  const path = `/desk/${row.id}`;
  notices.news(t('did.given', { name: customerName(row) }), router.path === path ? undefined : path, !passing);
}

/** It stays: whoever was writing may not have looked at the list. */
export function tellOfLoss(row: ConversationRow): void {
  notices.news(t('did.taken', { name: customerName(row) }), undefined, true);
}
