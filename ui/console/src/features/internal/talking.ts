/** What one does with a direct conversation: each is one request, told in a few words. */
import type { Alerts, DirectRow, Own } from '@recado/shared/wire.ts';
import { call } from '../../state/backend.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { t } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { router } from '../../state/router.svelte.ts';

const path = (number: number, what: string): string => `/directs/${number}/${what}`;

/** False where it was refused, which has been told. */
async function done(asked: Promise<unknown>, text: string, undo?: () => unknown): Promise<boolean> {
  try {
    await asked;
    notices.done(text, undo && (() => void undo()));
    return true;
  } catch (error) {
    notices.failure(error);
    return false;
  }
}

/** Out of the open ones, until somebody writes there. */
export async function putAway(number: number): Promise<void> {
  const there = await done(call<Own>('PUT', path(number, 'archive'), {}), t('talk.didArchive'), () => bringBack(number));
  if (there && router.path === `/internal/${number}`) router.go('/internal');
}

export const bringBack = (number: number): Promise<boolean> =>
  done(call<Own>('DELETE', path(number, 'archive')), t('talk.didBringBack'));

export const hear = (number: number, alerts: Alerts): Promise<boolean> =>
  done(call<Own>('PUT', path(number, 'alerts'), { alerts }), t(`talk.did.${alerts}`));

export async function leave(number: number): Promise<void> {
  if ((await done(call('DELETE', path(number, 'people/me')), t('talk.didLeave'))) && router.path === `/internal/${number}`) router.go('/internal');
}

/** Throws refusals, for the dialog. */
export async function rename(desk: Desk, number: number, name: string): Promise<void> {
  desk.talks.changed(await call<DirectRow>('PUT', path(number, 'name'), { name: name.trim() || null }));
}

/** Throws refusals, for the dialog. `all`: with what I may read myself. */
export async function add(desk: Desk, number: number, people: readonly number[], all: boolean): Promise<void> {
  desk.talks.changed(await call<DirectRow>('POST', path(number, 'people'), { people, from_start: all }));
}
