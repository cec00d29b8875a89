/** Why a test did not arrive, in the reader's words; with those of the other side, where it has said any. */
import { ApiProblem } from '@recado/shared/api.ts';
import { t, tryT } from '../../state/language.svelte.ts';
import { explainDeed } from '../../state/problems.ts';

export function explainTrial(error: unknown): string {
  if (!(error instanceof ApiProblem) || error.code !== 'not_sent') return explainDeed(error);
  const said = tryT(`trial.why.${String(error.extra.fault)}`, 'trial.why.refused');
  const answer = String(error.extra.answer ?? '').trim();
  return answer === '' ? said : t('trial.with', { said, answer });
}
