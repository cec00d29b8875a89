/** A department's rules as a form has them, and back. */
import type { Assignment, Department, Rules } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';

export const ABSENCE = { usual: 10, min: 1, max: 7 * 24 * 60 };
export const REOPEN = { usual: 14, min: 0, max: 365 };
export const EDIT = { usual: 15, min: 0, max: 7 * 24 * 60 };
export const UNDO = { usual: 10, min: 0, max: 60 };
/** When who waits makes themselves heard, step by step. */
export const STEPS = ['ring', 'push', 'supervisor'] as const;
export const STEP = { usual: { ring: 2, push: 5, supervisor: 10 }, min: 1, max: 24 * 60 };
/** Of these, whether and after how long are one thing to set. */
export const WHOLE = ['absence', ...STEPS];

/** Whether something happens at all, and after how long. */
export interface After {
  on: boolean;
  minutes: number | null;
}
export const ASSIGNMENTS: Assignment[] = ['manual', 'round_robin', 'least_busy'];

export interface DepartmentFields {
  name: string;
  assignment: Assignment;
  /** Whether an absent owner's conversations go back at all, and after how long. */
  absence: After;
  reopen_days: number | null;
  look_in: boolean;
  archive: boolean;
  edit_minutes: number | null;
  undo_s: number | null;
  ring: After;
  push: After;
  supervisor: After;
}

export function fieldsOf({ name, rules }: Department): DepartmentFields {
  const { absence_minutes, ring_minutes, push_minutes, supervisor_minutes, ...others } = rules;
  const after = (minutes: number | null, usual: number): After => ({ on: minutes !== null, minutes: minutes ?? usual });
  const { usual } = STEP;
  return {
    name,
    ...others,
    absence: after(absence_minutes, ABSENCE.usual),
    ring: after(ring_minutes, usual.ring),
    push: after(push_minutes, usual.push),
    supervisor: after(supervisor_minutes, usual.supervisor),
  };
}

/** What is sent of fields without mistakes. */
export function rulesOf(fields: DepartmentFields): Rules {
  const { assignment, absence, look_in, archive, ring, push, supervisor } = fields;
  const never = ({ on, minutes }: After): number | null => (on ? minutes : null);
  const absence_minutes = never(absence);
  const reopen_days = fields.reopen_days ?? REOPEN.usual;
  const [edit_minutes, undo_s] = [fields.edit_minutes ?? EDIT.usual, fields.undo_s ?? UNDO.usual];
  const alerts = { ring_minutes: never(ring), push_minutes: never(push), supervisor_minutes: never(supervisor) };
  return { assignment, absence_minutes, reopen_days, look_in, archive, edit_minutes, undo_s, ...alerts };
}

/** Messages by field for what the page itself can see. */
export function mistakesOf(fields: DepartmentFields): Record<string, string> {
  const found: Record<string, string> = {};
  if (fields.name.trim() === '') found.name = t('field.empty');
  if (fields.absence.on && !within(fields.absence.minutes, ABSENCE)) found.absence_minutes = between(ABSENCE);
  if (!within(fields.reopen_days, REOPEN)) found.reopen_days = between(REOPEN);
  let before = 0;
  for (const step of STEPS) {
    const { on, minutes } = fields[step];
    if (!on) continue;
    if (!within(minutes, STEP)) found[`${step}_minutes`] = between(STEP);
    else if (minutes! <= before) found[`${step}_minutes`] = t('field.too_soon');
    before = minutes ?? before;
  }
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
