/** The ways to the pages of the console. */
import { router } from '../../state/router.svelte.ts';
import { isSupervisor } from '../../state/services.ts';
import { session } from '../../state/session.svelte.ts';
import type { Command } from './table.ts';

const isAdmin = (): boolean => session.me?.role === 'admin';
const supervises = (): boolean => Boolean(session.me && isSupervisor(session.me));
const page = (path: string) => (): void => router.go(path);

export const PAGES: readonly Command[] = [
  { id: 'start', label: 'keys.start', group: 'pages', keys: ['g s'], run: page('/') },
  { id: 'desk', label: 'keys.desk', group: 'pages', available: ({ desk }) => desk === null, run: page('/desk') },
  { id: 'internal', label: 'keys.internal', group: 'pages', keys: ['g i'], run: page('/internal') },
  { id: 'new-chat', label: 'keys.newChat', group: 'pages', keys: ['g e'], run: page('/desk/new') },
  { id: 'new-talk', label: 'keys.newTalk', group: 'pages', keys: ['s'], run: page('/internal/new') },
  { id: 'team', label: 'keys.team', group: 'pages', keys: ['g t'], available: supervises, run: page('/team') },
  {
    id: 'departments',
    label: 'keys.departments',
    group: 'pages',
    keys: ['g ,'],
    available: isAdmin,
    run: page('/settings/departments'),
  },
  { id: 'operators', label: 'keys.operators', group: 'pages', available: isAdmin, run: page('/settings/operators') },
  { id: 'inboxes', label: 'keys.inboxes', group: 'pages', available: isAdmin, run: page('/settings/inboxes') },
  { id: 'reasons', label: 'keys.reasons', group: 'pages', available: isAdmin, run: page('/settings/reasons') },
  { id: 'replies', label: 'keys.replies', group: 'pages', run: page('/settings/replies') },
  { id: 'blocks', label: 'keys.blocks', group: 'pages', available: supervises, run: page('/settings/blocks') },
  { id: 'audit', label: 'keys.audit', group: 'pages', available: isAdmin, run: page('/settings/audit') },
  { id: 'account', label: 'account.title', group: 'pages', run: page('/account') },
  { id: 'notices', label: 'notify.title', group: 'pages', run: page('/account/notices') },
];
