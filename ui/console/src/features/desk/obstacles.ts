/** Why something that is mine to do would be refused now, in the words of the refusal. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { ConversationRow } from '@recado/shared/wire.ts';
import { obstacleTo, type Abilities } from '../../state/abilities.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { explain } from '../../state/problems.ts';
import { session } from '../../state/session.svelte.ts';

/** Null where nothing is known to stand in the way. The open conversation's panel knows whether its visitor is blocked. */
export function obstacle(desk: Desk, deed: keyof Abilities, row: ConversationRow): string | null {
  const limit = session.me?.chat_limit ?? null;
  const what = obstacleTo(deed, row, {
    full: limit !== null && desk.total('attending') >= limit,
    blocked: desk.open?.id === row.id && desk.open.blocked,
    otherOpen: [...(desk.model?.rows.values() ?? [])].some((one) => isOther(one, row)),
  });
  return what && explain(new ApiProblem(409, what, [], { limit }));
}

const isOther = (one: ConversationRow, row: ConversationRow): boolean =>
  one.id !== row.id && one.inbox.id === row.inbox.id && one.customer.visitor === row.customer.visitor;
