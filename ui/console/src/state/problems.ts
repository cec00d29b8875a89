/** What went wrong, in the reader's words: by code, never the server's own sentence. */
import { ApiProblem } from '@recado/shared/api.ts';
import { t, tryT } from './language.svelte.ts';

/** One sentence for any failure. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiProblem)) return tryT('problem.unknown', 'problem.unknown');
  return tryT(`problem.${error.code}`, 'problem.unknown', {
    seconds: error.retryAfter ?? 5,
    count: Number(error.extra.limit ?? 0),
  });
}

/** The same where a button was pressed: nothing had been typed. */
export function explainDeed(error: unknown): string {
  if (!(error instanceof ApiProblem) || error.code === 'unknown') return t('did.notUnknown');
  return error.code === 'offline' ? t('did.notOffline') : explain(error);
}

/** Messages by field name; empty where the failure is not about fields. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiProblem)) return {};
  return Object.fromEntries(error.errors.map((one) => [one.field, tryT(`field.${one.code}`, 'field.invalid')]));
}

/** This page at the address at which the server expects it; null where it is there, or the failure is another one. */
export function otherAddress(error: unknown): string | null {
  const address = error instanceof ApiProblem && error.code === 'origin' ? error.extra.address : null;
  return typeof address === 'string' && /^https?:/u.test(address) ? location.href.replace(location.origin, address) : null;
}
