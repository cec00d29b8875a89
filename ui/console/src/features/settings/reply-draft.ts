/** A quick reply as a form has it, and back; and the list of them by whose they are. */
import type { Attachment, Named, Reply, ReplyScope, ReplyWrite } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';
import { PLACEHOLDERS } from '../../state/replies.ts';
import { session } from '../../state/session.svelte.ts';
import type { SettingsState } from '../../state/settings.svelte.ts';

/** Bytes of a table: what a request may hold, less what stands around the text. */
export const LARGEST_TABLE = 480 * 1024;

/** What a file says: UTF-8, or what spreadsheets of Western Europe save where it is not. */
export async function textOf(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Whose it is, as one value of a choice: "personal", "all", or a department's number. */
export interface ReplyFields {
  name: string;
  title: string;
  text: string;
  whose: string;
  files: Attachment[];
}

export const fieldsOf = (reply: Reply | null): ReplyFields => ({
  name: reply?.name ?? '',
  title: reply?.title ?? '',
  text: reply?.text ?? '',
  whose: reply === null ? 'personal' : whoseOf(reply),
  files: reply?.files ?? [],
});

const whoseOf = ({ scope, department }: { scope: ReplyScope; department: number | null }): string =>
  scope === 'department' ? String(department) : scope;

/** What is sent. A slash before the name is how it is called, and no part of it. */
export function replyOf({ name, title, text, whose, files }: ReplyFields): ReplyWrite {
  const department = /^\d+$/u.test(whose) ? Number(whose) : null;
  const scope = department === null ? (whose as ReplyScope) : 'department';
  return { name: name.trim().replace(/^\//u, ''), title: title.trim() || null, text, scope, department, files: files.map(({ id }) => id) };
}

/** Messages by field for what the page itself can see; `refused`: what chosen files are called that were not taken. */
export function mistakesOf({ name, text, files }: ReplyFields, refused: readonly string[] = []): Record<string, string> {
  const found: Record<string, string> = {};
  if (name.trim().replace(/^\//u, '') === '') found.name = t('field.empty');
  else if (/\s/u.test(name.trim())) found.name = t('field.one_word');
  if (text.trim() === '' && files.length === 0) found.text = t('field.empty');
  const unknown = [...text.matchAll(/\{\{([^{}]*)\}\}/g)].find(([, place]) => !(PLACEHOLDERS as string[]).includes(place!.trim()));
  if (refused.length > 0) found.files = t('reply.filesRefused', { count: refused.length, names: refused.join(', ') });
  if (unknown) found.text = t('reply.noPlace', { place: unknown[0] });
  return found;
}

/** Those for whom I may keep replies, as choices. */
export function offered(settings: SettingsState): { value: string; label: string }[] {
  const me = session.me!;
  const departments: readonly Named[] = me.role === 'operator' ? [] : (settings.departments.items ?? me.departments);
  return [
    { value: 'personal', label: t('reply.scope.personal') },
    ...departments.map(({ id, name }) => ({ value: String(id), label: name })),
    ...(me.role === 'admin' ? [{ value: 'all', label: t('reply.scope.all') }] : []),
  ];
}

export function nameOfScope({ scope, department }: Reply, settings: SettingsState): string {
  if (scope !== 'department') return t(`reply.scope.${scope}`);
  const known: readonly Named[] = [...(settings.departments.items ?? []), ...session.me!.departments];
  return known.find(({ id }) => id === department)?.name ?? t('reply.scope.department');
}

/** What becomes of it when these are thrown away together. */
export const whatRemovalMeans = (replies: readonly Reply[]): string =>
  t(replies.some(({ scope }) => scope !== 'personal') ? 'reply.removeSomeShared' : 'reply.removeSomeMine', { count: replies.length });

/** By whose they are: mine first, then everybody's, then the departments'; each in its order. */
export function grouped(replies: readonly Reply[]): { key: string; replies: Reply[] }[] {
  const groups = new Map<string, Reply[]>([['personal', []], ['all', []]]);
  for (const one of replies) {
    const key = whoseOf(one);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].map(([key, found]) => ({ key, replies: found })).filter(({ replies: found }) => found.length > 0);
}
