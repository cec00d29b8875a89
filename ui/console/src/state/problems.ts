/** What went wrong, in the reader's words: by code, never the server's own sentence. */
import { ApiProblem } from '@recado/shared/api.ts';
import { tryT } from './language.svelte.ts';

/** One sentence for any failure. */
export function explain(error: unknown): string {
  if (!(error instanceof ApiProblem)) return tryT('problem.unknown', 'problem.unknown');
  return tryT(`problem.${error.code}`, 'problem.unknown', {
    seconds: error.retryAfter ?? 5,
    count: Number(error.extra.limit ?? 0),
  });
}

/** Messages by field name; empty where the failure is not about fields. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiProblem)) return {};
  return Object.fromEntries(error.errors.map((one) => [one.field, tryT(`field.${one.code}`, 'field.invalid')]));
}
