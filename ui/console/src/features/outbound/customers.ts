/** Customers that one knows: each once, by the conversation that says the most of how to reach them. Pure. */
import type { ConversationRow } from '@recado/shared/wire.ts';

/** What one visitor, or one customer of several browsers, is told by. */
const keyOf = ({ customer }: ConversationRow): string => (customer.id === null ? `v${customer.visitor}` : `c${customer.id}`);

/** One row for each customer, in the order in which they come first: the one that is open, else the newest. */
export function eachOnce(rows: readonly ConversationRow[], most: number): ConversationRow[] {
  const found = new Map<string, ConversationRow>();
  for (const row of rows) {
    const known = found.get(keyOf(row));
    if (known === undefined || better(row, known)) found.set(keyOf(row), row);
  }
  return [...found.values()].slice(0, most);
}

function better(row: ConversationRow, than: ConversationRow): boolean {
  const [isOpen, wasOpen] = [row.status !== 'closed', than.status !== 'closed'];
  return isOpen === wasOpen ? row.last_at > than.last_at : isOpen;
}
