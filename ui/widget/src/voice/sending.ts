/** One attempt to send a voice message: its recording first, then the message that carries it. */
import type { Pending } from '@recado/shared/thread.ts';
import { deliver } from '@recado/shared/voice/sending.ts';
import { learn, sentWords } from '@recado/shared/voice/words.ts';
import type { WidgetConversation, WidgetEntry, WidgetList } from '@recado/shared/wire.ts';
import { doorOf } from '../attach/parcel.ts';
import { post as send, type Answer, type Extra } from '../frame/sending.ts';
import type { Session } from '../frame/session.ts';
import { locale } from '../frame/words.ts';
import { announce } from './saying.ts';

export async function post(session: Session, open: string | undefined, item: Pending<Extra>): Promise<Answer> {
  const go = (file: string): Promise<Answer> => {
    const files = item.extra.files?.map((one) => ({ ...one, id: file }));
    return send(session, open, { ...item, extra: { ...item.extra, files } });
  };
  const answer = await deliver(item.id, doorOf(session), go, () => newest(session));
  void learn(locale()).then(() => announce(sentWords()), () => undefined);
  return answer;
}

/** What another tab has sent is answered with what was said last: the chat fetches what lies before. */
async function newest(session: Session): Promise<Answer> {
  const { conversations } = await session.request<WidgetList>('GET', '/conversations');
  const path = `/conversations/${conversations[0]?.id}`;
  const { conversation, entries } = await session.request<{ conversation: WidgetConversation; entries: WidgetEntry[] }>('GET', path);
  return { conversation, entry: entries.at(-1)! };
}
