import { ApiProblem } from '@recado/shared/api.ts';
import type { Pending } from '@recado/shared/thread.ts';
import { openKeep } from '@recado/shared/voice/keep.ts';
import { standIn } from '@recado/shared/voice/sending.ts';
import { expect, test, vi } from 'vitest';
import { judge, post, type Extra } from '../src/frame/sending.ts';
import type { Session } from '../src/frame/session.ts';
import { post as postRecording } from '../src/voice/sending.ts';

const item: Pending<Extra> = {
  id: 'id-1',
  thread: 'chat',
  body: 'hello',
  extra: { name: 'Lucía', email: null },
  at: 0,
  state: 'sending',
  reason: null,
};

function session(...replies: (ApiProblem | null)[]) {
  const asked: [path: string, body: unknown][] = [];
  const request = (_: string, path: string, body: unknown): Promise<unknown> => {
    asked.push([path, body]);
    const problem = replies.shift() ?? null;
    return problem === null ? Promise.resolve({}) : Promise.reject(problem);
  };
  return { asked, session: { request } as unknown as Session };
}

test('the first message opens a conversation and brings the answers along', async () => {
  const { asked, session: visitor } = session();
  await post(visitor, undefined, item);
  expect(asked).toEqual([['/conversations', { client_id: 'id-1', body: 'hello', name: 'Lucía' }]]);
});

test('one that was closed meanwhile is followed by a new one, under the same id', async () => {
  const { asked, session: visitor } = session(new ApiProblem(409, 'closed'));
  await post(visitor, 'a', item);
  expect(asked.map(([path]) => path)).toEqual(['/conversations/a/messages', '/conversations']);
  expect(asked.map(([, body]) => (body as { client_id: string }).client_id)).toEqual(['id-1', 'id-1']);
});

test('what was written into an old conversation goes there, while none is open', async () => {
  const old = { ...item, extra: { to: 'old', fields: { order: '17' } } };
  const { asked, session: visitor } = session();
  await post(visitor, undefined, old);
  expect(asked[0]).toEqual(['/conversations/old/messages', { client_id: 'id-1', body: 'hello' }]);
  const { asked: again, session: later } = session(new ApiProblem(409, 'closed'));
  await post(later, undefined, old);
  expect(again[1]).toEqual(['/conversations', { client_id: 'id-1', body: 'hello', fields: { order: '17' } }]);
  const { asked: open, session: busy } = session();
  await post(busy, 'open', old);
  expect(open.map(([path]) => path)).toEqual(['/conversations/open/messages']);
});

test('files go along by their ids, wherever the message goes', async () => {
  const file = { id: 'f1', name: 'a.pdf', type: 'application/pdf', size: 1, width: null, height: null, thumbnail: false, sound: null };
  const along = { ...item, body: '', extra: { to: 'a', files: [file] } };
  const { asked, session: visitor } = session(new ApiProblem(409, 'closed'));
  await post(visitor, undefined, along);
  const words = { client_id: 'id-1', body: '', attachments: ['f1'] };
  expect(asked).toEqual([['/conversations/a/messages', words], ['/conversations', words]]);
});

test.each([
  ['no answer at all', new ApiProblem(0, 'offline')],
  ['a server that does not know', new ApiProblem(503, 'unknown')],
  ['a proxy’s error', new ApiProblem(502, 'whatever')],
  ['a session that ended', new ApiProblem(401, 'unauthenticated')],
  ['anything unforeseen', new Error('?')],
])('%s is tried again', (_, problem) => {
  expect(judge(problem)).toEqual({ kind: 'retry' });
});

test('the server may say when', () => {
  expect(judge(new ApiProblem(429, 'too_many', [], {}, 42))).toEqual({ kind: 'retry', afterMs: 42_000 });
});

test.each([
  [new ApiProblem(413, 'too_large'), 'too_long'],
  [new ApiProblem(400, 'invalid', [{ field: 'body', code: 'too_long', detail: '' }]), 'too_long'],
  [new ApiProblem(400, 'invalid'), 'invalid'],
  [new ApiProblem(409, 'client_id_reused'), 'client_id_reused'],
])('a definite refusal says why', (problem, reason) => {
  expect(judge(problem)).toEqual({ kind: 'refused', reason });
});

test('a recording that another tab has sent is answered with what was said last', async () => {
  const recorded = { id: item.id, place: 'here', type: 'audio/webm', ms: 9, peaks: [], at: 0, handed: true, posted: 'u2' };
  await (await openKeep()).put(recorded);
  const last = { seq: 7 };
  const answers: Record<string, unknown> = {
    '/conversations': { conversations: [{ id: 'b' }, { id: 'a' }] },
    '/conversations/b': { conversation: { id: 'b' }, entries: [{ seq: 6 }, last] },
    '/uploads/u2': {},
  };
  const asked: unknown[] = [];
  const request = async (method: string, path: string, body?: { attachments: unknown }): Promise<unknown> => {
    asked.push([method, path, body?.attachments]);
    if (method === 'POST') throw new ApiProblem(409, 'client_id_reused');
    return answers[path];
  };
  const spoken = { ...item, body: '', extra: { to: 'a', files: [standIn(recorded)] } };
  expect(await postRecording({ request } as unknown as Session, undefined, spoken)).toEqual({ conversation: { id: 'b' }, entry: last });
  expect(asked[0]).toEqual(['POST', '/conversations/a/messages', ['u2']]);
  expect(asked).toContainEqual(['DELETE', '/uploads/u2', undefined]);
  await vi.waitFor(async () => expect(await (await openKeep()).find(item.id)).toBeNull());
});
