/** An operator as a form has them, and what is sent of it. */
import type { OperatorItem, Role } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';
import type { Rebased } from '../../state/rebased.svelte.ts';
import { between, within } from './department-draft.ts';

export const LIMIT = { usual: 5, min: 1, max: 500 };

export interface OperatorFields {
  name: string;
  role: Role;
  departments: number[];
  limited: boolean;
  limit: number | null;
}

const sorted = (numbers: number[]): number[] => [...numbers].sort((a, b) => a - b);

export function fieldsOf({ name, role, departments, chat_limit }: OperatorItem): OperatorFields {
  return {
    name,
    role,
    departments: sorted(departments.map(({ id }) => id)),
    limited: chat_limit !== null,
    limit: chat_limit ?? LIMIT.usual,
  };
}

export function mistakesOf({ name, limited, limit }: OperatorFields): Record<string, string> {
  const found: Record<string, string> = {};
  if (name.trim() === '') found.name = t('field.empty');
  if (limited && !within(limit, LIMIT)) found.chat_limit = between(LIMIT);
  return found;
}

/** Only what was changed: what was left alone is whoever's it is. */
export function changesOf({ mine, changes }: Rebased<OperatorFields>) {
  return {
    ...(changes.includes('name') ? { name: mine.name.trim() } : {}),
    ...(changes.includes('role') ? { role: mine.role } : {}),
    ...(changes.includes('departments') ? { departments: [...mine.departments] } : {}),
    ...(changes.includes('limited') || changes.includes('limit') ? { chat_limit: mine.limited ? mine.limit : null } : {}),
  };
}

/** What somebody else has set a field to while it was being edited. */
export function storedInWords(operator: OperatorItem, field: keyof OperatorFields): string {
  const limit = operator.chat_limit === null ? t('operator.unlimited') : String(operator.chat_limit);
  const value = {
    name: operator.name,
    role: t(`role.${operator.role}`),
    departments: operator.departments.map(({ name }) => name).join(', ') || t('settings.noDepartments'),
    limited: limit,
    limit,
  };
  return t('settings.meanwhile', { value: value[field] });
}
