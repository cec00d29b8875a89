/** One attempt to send one message, and what its failure means. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { Outcome, Pending } from '@recado/shared/thread.ts';
import type { WidgetConversation, WidgetEntry } from '@recado/shared/wire.ts';
import type { Session } from './session.ts';

/** Asked before the first message, and sent along with it. */
export interface Extra {
  readonly name: string | null;
  readonly email: string | null;
}

export interface Answer {
  conversation: WidgetConversation;
  entry: WidgetEntry;
}

/** Sends into the `open` conversation, or opens one; one that was closed meanwhile is followed by a new one. */
export async function post(session: Session, open: string | undefined, item: Pending<Extra>): Promise<Answer> {
  const words = { client_id: item.id, body: item.body };
  if (open !== undefined) {
    try {
      return await session.request<Answer>('POST', `/conversations/${open}/messages`, words);
    } catch (problem) {
      if (!(problem instanceof ApiProblem) || problem.code !== 'closed') throw problem;
    }
  }
  const { name, email } = item.extra;
  const known = { ...(name === null ? {} : { name }), ...(email === null ? {} : { email }) };
  return session.request<Answer>('POST', '/conversations', { ...words, ...known });
}

/** Without a definite refusal the same message is sent again, later. */
export function judge(problem: unknown): Outcome {
  if (!(problem instanceof ApiProblem)) return { kind: 'retry' };
  const passing = problem.passing || problem.status === 401 || problem.status >= 500;
  if (!passing) return { kind: 'refused', reason: reasonOf(problem) };
  return problem.retryAfter === null ? { kind: 'retry' } : { kind: 'retry', afterMs: problem.retryAfter * 1000 };
}

/** What is wrong with the text itself, where the server says so, else the problem's own code. */
function reasonOf(problem: ApiProblem): string {
  if (problem.code === 'too_large') return 'too_long';
  return problem.errors.find(({ field }) => field === 'body')?.code ?? problem.code;
}
