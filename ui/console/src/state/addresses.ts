/** Which page an address means, for whom. What begins otherwise the server answers as not found (`recado/web/pages.py`). Pure. */
import type { Role } from '@recado/shared/wire.ts';

/** A conversation or a department by its number, which a page can count with. */
const NUMBER = '[1-9]\\d{0,14}';
const ADDRESSES = {
  start: '/',
  'sign-in': '/sign-in',
  setup: '/setup',
  join: '/join',
  reset: '/reset',
  desk: `/desk(/new|/${NUMBER})?`,
  internal: `/internal(/new|/${NUMBER})?`,
  team: '/team',
  account: '/account(/notices)?',
  settings: `/settings(/.*)?`,
};
const SETTINGS = {
  departments: `/settings/departments(/${NUMBER}(/hours)?)?`,
  operators: '/settings/operators',
  inboxes: `/settings/inboxes(/new|/${NUMBER})?`,
  reasons: '/settings/reasons',
  replies: '/settings/replies',
  files: '/settings/files',
  notices: '/settings/notices',
  blocks: '/settings/blocks',
  audit: '/settings/audit',
};

export type PageName = keyof typeof ADDRESSES;
export type SettingsName = keyof typeof SETTINGS;

const fits = (path: string, pattern: string): boolean => new RegExp(`^${pattern}/?$`).test(path);
const named = <Name extends string>(path: string, all: Record<Name, string>): Name | null =>
  (Object.keys(all) as Name[]).find((name) => fits(path, all[name])) ?? null;

/** What there is to set for a role: one's quick replies for everybody; a supervisor sees who has been blocked, too. */
export function settingsOf(role: Role): SettingsName[] {
  if (role === 'admin') return Object.keys(SETTINGS) as SettingsName[];
  return role === 'supervisor' ? ['replies', 'blocks'] : ['replies'];
}

/** Null where the address is no page of settings, or none for this role; without a name it is the first. */
export function settingsPage(path: string, role: Role): SettingsName | null {
  const name = fits(path, '/settings') ? settingsOf(role)[0] : named(path, SETTINGS);
  return name && settingsOf(role).includes(name) ? name : null;
}

/** Null where the address is no page, or none for this role: which of the two is not told. `role` null: nobody is signed in. */
export function pageOf(path: string, role: Role | null): PageName | null {
  const page = named(path, ADDRESSES);
  if (page === 'team') return role === 'supervisor' || role === 'admin' ? page : null;
  if (page === 'settings') return role !== null && settingsPage(path, role) !== null ? page : null;
  return page;
}

/** What the desk's address means: which conversation, `among` colleagues which direct one; 'new' is one that does not exist yet. */
export function placeOf(path: string): { id: number | 'new' | null; among: boolean; which: number | 'new' | null } {
  const [, service, rest = ''] = path.split('/');
  const place = rest === 'new' ? 'new' : Number(rest) || null;
  const among = service === 'internal';
  return { id: among ? null : place, among, which: among ? place : null };
}
