/** Signing out, and what is said where it fails. */
import { ApiProblem } from '@recado/shared/api.ts';
import { t } from '../../state/language.svelte.ts';
import { leaving } from '../../state/leaving.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';

const failed = (error: unknown): void =>
  error instanceof ApiProblem && error.code === 'offline' ? notices.warning(t('leaving.offline')) : notices.failure(error);

export const signOut = (): void => void leaving.begin().catch(failed);
/** Although texts are lost by it. */
export const signOutAnyway = (): void => void leaving.end().catch(failed);
