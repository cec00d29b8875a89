/** The lines of the audit log in words. They hold numbers and words of fixed lists; what these are called is looked up now. */
import type { AuditItem, AuditKind, Named } from '@recado/shared/wire.ts';
import { language, t, tryT } from '../../state/language.svelte.ts';
import type { SettingsState } from '../../state/settings.svelte.ts';

/** Everything that is noted, in the order in which the filter offers it; the type check names what is missing. */
const OFFERED: Record<AuditKind, true> = {
  'operator.invited': true,
  'invitation.withdrawn': true,
  'operator.joined': true,
  'operator.changed': true,
  'reset_link.made': true,
  'password.reset': true,
  'password.changed': true,
  'department.created': true,
  'department.changed': true,
  'reasons.changed': true,
  'replies.changed': true,
  'file_rules.changed': true,
  'notices.changed': true,
  'inbox.created': true,
  'inbox.changed': true,
  'conversation.moved': true,
  look_in: true,
  block: true,
  unblock: true,
  'installation.set_up': true,
};
export const KINDS = Object.keys(OFFERED) as AuditKind[];

const known = (kind: string): kind is AuditKind => (KINDS as readonly string[]).includes(kind);
const list = (words: string[]) => new Intl.ListFormat(language.locale).format(words);

function nameOf(shelf: readonly Named[] | null, id: unknown): string {
  return shelf?.find((one) => one.id === id)?.name ?? `#${String(id)}`;
}

/** Whose face stands beside it: who came in by a link was nobody yet when the desk noted it. Null: the desk itself. */
export function doer({ kind, operator, about_id, detail }: AuditItem): number | null {
  if (kind === 'operator.joined' || kind === 'password.reset') return about_id;
  return kind === 'installation.set_up' ? Number(detail.operator) : operator;
}

/** What was done to what, in one sentence. */
export function sentence(line: AuditItem, settings: SettingsState): string {
  const { detail } = line;
  const person = (id: unknown) => nameOf(settings.operators.items, id);
  const shelves: Record<string, readonly Named[] | null> = {
    operator: settings.operators.items,
    department: settings.departments.items,
    inbox: settings.inboxes.items,
  };
  const places = {
    who: person(line.operator),
    what: line.kind === 'installation.set_up' ? person(detail.operator) : nameOf(shelves[line.about] ?? null, line.about_id),
    role: t(`role.${(detail.role ?? 'operator') as 'operator'}`),
    number: String(detail.conversation ?? line.about_id),
    owner: person(detail.owner),
    to: person(detail.to),
    department: nameOf(settings.departments.items, detail.department),
  };
  if (!known(line.kind)) return t('audit.other', { kind: line.kind });
  return t(`audit.${told(line)}`, places);
}

type Told = AuditKind | 'reset_link.made.desk' | 'operator.changed.self' | 'unblock.somebody' | `conversation.moved.${'to' | 'waiting'}`;

/** The same was done by the desk itself, or by somebody to themselves, or says where to: that reads otherwise. */
function told({ kind, operator, about_id, detail }: AuditItem): Told {
  if (kind === 'conversation.moved' && 'to' in detail) return 'conversation.moved.to';
  if (kind === 'conversation.moved' && 'department' in detail) return 'conversation.moved.waiting';
  if (kind === 'reset_link.made' && operator === null) return 'reset_link.made.desk';
  if (kind === 'operator.changed' && operator === about_id) return 'operator.changed.self';
  // Before, it was not noted in which conversation they had written.
  if (kind === 'unblock' && detail.conversation === undefined) return 'unblock.somebody';
  return kind;
}

/** Which fields were changed, with the values of those that give or take rights; empty where the sentence says it all. */
export function particulars({ kind, detail }: AuditItem, settings: SettingsState): string {
  if (kind === 'block') return detail.network ? t('audit.withNetwork') : '';
  const departments = (ids: unknown) => list((ids as number[]).map((id) => nameOf(settings.departments.items, id)));
  if (kind === 'operator.invited') {
    return Array.isArray(detail.departments) && detail.departments.length > 0 ? departments(detail.departments) : '';
  }
  const fields = Array.isArray(detail.fields) ? (detail.fields as string[]) : [];
  return fields.map((field) => particular(field, detail, departments)).join(' · ');
}

function particular(field: string, detail: AuditItem['detail'], departments: (ids: unknown) => string): string {
  const name = tryT(`audit.field.${field}`, 'audit.field.other');
  if (field === 'role') return `${name}: ${t(`role.${detail.role as 'operator'}`)}`;
  if (field === 'disabled') return t(detail.disabled ? 'audit.disabled' : 'audit.enabled');
  if (field === 'departments' && Array.isArray(detail.departments)) {
    return `${name}: ${detail.departments.length > 0 ? departments(detail.departments) : t('settings.noDepartments')}`;
  }
  const value = field in detail ? valueOf(field, detail[field]) : null;
  return value === null ? name : `${name}: ${value}`;
}

/** What a rule was set to, in the words of its form; null for what is noted by its name alone. */
function valueOf(field: string, value: unknown): string | null {
  if (field === 'assignment') return t(`rule.${value as 'manual' | 'round_robin' | 'least_busy'}`);
  if (field === 'look_in' || field === 'archive') return t(value ? 'rule.on' : 'rule.off');
  if (field === 'edit_minutes') return t('rule.minutes', { count: Number(value) });
  if (field === 'undo_s') return t('rule.seconds', { count: Number(value) });
  if (field.endsWith('_minutes')) return value === null ? t('rule.never') : t('rule.minutes', { count: Number(value) });
  if (field === 'reopen_days') return t('rule.days', { count: Number(value) });
  if (field === 'chat_limit') return value === null ? t('operator.unlimited') : String(value);
  return null;
}
