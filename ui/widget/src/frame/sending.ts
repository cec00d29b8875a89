/** One attempt to send one message, and what its failure means. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { Outcome, Pending } from '@recado/shared/thread.ts';
import type { Attachment, WidgetConversation, WidgetEntry } from '@recado/shared/wire.ts';
import type { Session } from './session.ts';
import { fetchVoice } from './voice.ts';

/** What goes along with a message: the answers to what was asked, the conversation that it was written into, files. */
export interface Extra {
  readonly name?: string | null;
  readonly email?: string | null;
  readonly department?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly shown?: Readonly<Record<string, string>>;
  readonly to?: string;
  readonly files?: readonly Attachment[] | undefined;
}

export interface Answer {
  conversation: WidgetConversation;
  entry: WidgetEntry;
}

/**
 * Sends into the `open` conversation, else into the one it was written into, which may go on; where that has ended for good,
 * or there is none, a new one opens.
 */
export async function post(session: Session, open: string | undefined, item: Pending<Extra>): Promise<Answer> {
  const { to, files, ...answers } = item.extra;
  // In the place of its file stands what is known of a recording, which is on its way first.
  if (files?.[0]?.id === item.id) return (await fetchVoice()).post(session, open, item);
  const words = { client_id: item.id, body: item.body, attachments: files?.map(({ id }) => id) };
  const into = open ?? to;
  if (into !== undefined) {
    try {
      return await session.request<Answer>('POST', `/conversations/${into}/messages`, words);
    } catch (problem) {
      if (!(problem instanceof ApiProblem) || !['closed', 'not_found'].includes(problem.code)) throw problem;
    }
  }
  const given = Object.entries(answers).filter(([, answer]) => answer !== null);
  try {
    return await session.request<Answer>('POST', '/conversations', { ...words, ...Object.fromEntries(given) });
  } catch (problem) {
    // What is asked may have changed since the visit: a question must be shown to be complained about.
    if (problem instanceof ApiProblem && problem.errors.length > 0) await session.renew();
    throw problem;
  }
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
