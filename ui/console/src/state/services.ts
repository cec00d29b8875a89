/** What the person signed in may use, and how each of it opens. */
import type { Me } from '@recado/shared/wire.ts';
import type { Key } from './language.svelte.ts';
import { router } from './router.svelte.ts';

export type ServiceName = 'desk' | 'internal' | 'team' | 'settings';

export interface Service {
  name: ServiceName;
  path: string;
  title: Key;
  about: Key;
}

const DESK_WINDOW = 'recado-desk';
const SERVICES: Service[] = [
  { name: 'desk', path: '/desk', title: 'service.desk', about: 'service.deskAbout' },
  { name: 'internal', path: '/internal', title: 'service.internal', about: 'service.internalAbout' },
  { name: 'team', path: '/team', title: 'service.team', about: 'service.teamAbout' },
  {
    name: 'settings',
    path: '/settings/departments',
    title: 'service.settings',
    about: 'service.settingsAbout',
  },
];

export const isSupervisor = (me: Me): boolean => me.role !== 'operator';

/** Everybody has quick replies to keep; of what is for all, admins alone set more, and a supervisor sees who has been blocked. */
export function servicesOf(me: Me): Service[] {
  if (me.role === 'admin') return SERVICES;
  const about = isSupervisor(me) ? 'service.settingsAboutFew' : 'service.settingsAboutOwn';
  return SERVICES.filter(({ name }) => name !== 'team' || isSupervisor(me)).map((service) =>
    service.name === 'settings' ? { ...service, path: '/settings/replies', about } : service,
  );
}

/** True in the desk's own window, where there is nothing to open elsewhere. */
export function inDeskWindow(): boolean {
  return window.name === DESK_WINDOW;
}

/** Opens a service: the desk in a window of its own where the person wants it so, all else in place. */
export function openService(service: Service, me: Me): void {
  if (service.name !== 'desk' || !me.desk_window || inDeskWindow() || !openDeskWindow()) router.go(service.path);
}

/** False where the browser does not allow a window. One that is open already comes to the front as it stands. */
function openDeskWindow(): boolean {
  const width = Math.min(1360, screen.availWidth);
  const height = Math.min(900, screen.availHeight);
  const opened = window.open('', DESK_WINDOW, `popup,width=${width},height=${height}`);
  if (opened === null) return false;
  if (!alreadyThere(opened)) opened.location.href = '/desk';
  opened.focus();
  return true;
}

function alreadyThere(opened: Window): boolean {
  try {
    return opened.location.pathname.startsWith('/desk');
  } catch {
    return false;
  }
}
