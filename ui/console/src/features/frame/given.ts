/** Tells somebody, on whichever page they are, what they have been given. */
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
