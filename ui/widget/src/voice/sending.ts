/** One attempt to send a voice message: its recording first, then the message that carries it. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { Pending } from '@recado/shared/thread.ts';
import { anew, arrived, give } from '@recado/shared/voice/sending.ts';
import { doorOf } from '../attach/parcel.ts';
import { post as send, type Answer, type Extra } from '../frame/sending.ts';
import type { Session } from '../frame/session.ts';

export async function post(session: Session, open: string | undefined, item: Pending<Extra>): Promise<Answer> {
  const file = await give(item.id, doorOf(session));
  try {
    const answer = await send(session, open, { ...item, extra: { ...item.extra, files: [file] } });
    await arrived(item.id);
    return answer;
  } catch (problem) {
    if (!(problem instanceof ApiProblem)) throw problem;
    const waited = problem.errors.some(({ field }) => field === 'attachments');
    if (waited) await anew(item.id);
    // Another tab was quicker: its message comes by itself.
    throw waited || problem.code === 'client_id_reused' ? new ApiProblem(0, 'offline') : problem;
  }
}
