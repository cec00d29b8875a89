/** An operator as a form has them, and what is sent of it. */
import type { OperatorItem, Role } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';
import type { Rebased } from '../../state/rebased.svelte.ts';
import { between, within } from './department-draft.ts';

export const LIMIT = { usual: 5, min: 1, max: 500 };

/** Of a limit, whether and how many are one thing to set. */
export const WHOLE = ['limit'];

export interface OperatorFields {
  name: string;
  role: Role;
  departments: number[];
  /** Whether there is one, and how many. */
  limit: { on: boolean; count: number | null };
}

const sorted = (numbers: number[]): number[] => [...numbers].sort((a, b) => a - b);

export function fieldsOf({ name, role, departments, chat_limit }: OperatorItem): OperatorFields {
  return {
    name,
    role,
    departments: sorted(departments.map(({ id }) => id)),
    limit: { on: chat_limit !== null, count: chat_limit ?? LIMIT.usual },
  };
}

export function mistakesOf({ name, limit }: OperatorFields): Record<string, string> {
  const found: Record<string, string> = {};
  if (name.trim() === '') found.name = t('field.empty');
  if (limit.on && !within(limit.count, LIMIT)) found.chat_limit = between(LIMIT);
  return found;
}

/** Only what was changed: what was left alone is whoever's it is. */
export function changesOf({ mine, changes }: Rebased<OperatorFields>) {
  return {
    ...(changes.includes('name') ? { name: mine.name.trim() } : {}),
    ...(changes.includes('role') ? { role: mine.role } : {}),
    ...(changes.includes('departments') ? { departments: [...mine.departments] } : {}),
    ...(changes.includes('limit') ? { chat_limit: mine.limit.on ? mine.limit.count : null } : {}),
  };
}

/** The departments that somebody is to leave, and how many conversations they hold in each; those where they hold none left out. */
export function losesOf({ departments, held_in }: OperatorItem, kept: readonly number[]) {
  const left = departments.filter(({ id }) => !kept.includes(id));
  return left.map(({ id, name }) => ({ id, name, count: held_in[id] ?? 0 })).filter(({ count }) => count > 0);
}

/** How many somebody attends at once, at most. */
export function limitInWords({ limit }: OperatorFields): string {
  return limit.on ? String(limit.count) : t('operator.unlimited');
}
