/** A department's rules as a form has them, and back. */
import type { Assignment, Department, Rules } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';

export const ABSENCE = { usual: 10, min: 1, max: 7 * 24 * 60 };
export const REOPEN = { usual: 14, min: 0, max: 365 };
export const EDIT = { usual: 15, min: 0, max: 7 * 24 * 60 };
export const UNDO = { usual: 10, min: 0, max: 60 };
/** Of an absence, whether and after how long are one thing to set. */
export const WHOLE = ['absence'];
export const ASSIGNMENTS: Assignment[] = ['manual', 'round_robin', 'least_busy'];

export interface DepartmentFields {
  name: string;
  assignment: Assignment;
  /** Whether an absent owner's conversations go back at all, and after how long. */
  absence: { on: boolean; minutes: number | null };
  reopen_days: number | null;
  look_in: boolean;
  archive: boolean;
  edit_minutes: number | null;
  undo_s: number | null;
  ring_minutes: number | null;
  push_minutes: number | null;
  supervisor_minutes: number | null;
}

export function fieldsOf({ name, rules }: Department): DepartmentFields {
  const { absence_minutes, ...others } = rules;
  return { name, ...others, absence: { on: absence_minutes !== null, minutes: absence_minutes ?? ABSENCE.usual } };
}

/** What is sent of fields without mistakes. */
export function rulesOf(fields: DepartmentFields): Rules {
  const { assignment, absence, look_in, archive, ring_minutes, push_minutes, supervisor_minutes } = fields;
  const absence_minutes = absence.on ? absence.minutes : null;
  const reopen_days = fields.reopen_days ?? REOPEN.usual;
  const [edit_minutes, undo_s] = [fields.edit_minutes ?? EDIT.usual, fields.undo_s ?? UNDO.usual];
  const alerts = { ring_minutes, push_minutes, supervisor_minutes };
  return { assignment, absence_minutes, reopen_days, look_in, archive, edit_minutes, undo_s, ...alerts };
}

/** Messages by field for what the page itself can see. */
export function mistakesOf(fields: DepartmentFields): Record<string, string> {
  const found: Record<string, string> = {};
  if (fields.name.trim() === '') found.name = t('field.empty');
  if (fields.absence.on && !within(fields.absence.minutes, ABSENCE)) found.absence_minutes = between(ABSENCE);
  if (!within(fields.reopen_days, REOPEN)) found.reopen_days = between(REOPEN);
  if (!within(fields.edit_minutes, EDIT)) found.edit_minutes = between(EDIT);
  if (!within(fields.undo_s, UNDO)) found.undo_s = between(UNDO);
  return found;
}

interface Bounds {
  min: number;
  max: number;
}

export const between = ({ min, max }: Bounds): string => t('rule.between', { min, max });

export const within = (value: number | null, { min, max }: Bounds): boolean =>
  value !== null && value >= min && value <= max;
