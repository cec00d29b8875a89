/** Voice messages on their way from the desk: what another tab has sent is an end, too. */
import { standIn } from '@recado/shared/voice/sending.ts';
import { openKeep, type Kept } from '@recado/shared/voice/keep.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { Sender } from '../src/state/sender.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { ANA, desk, entry } from './world.ts';

const recorded: Kept = { id: 'r1', place: `console:${ANA}:1:answer`, type: 'audio/webm', ms: 900, peaks: [], at: 0, handed: true, posted: 'u2' };

afterEach(() => {
  session.leave();
  vi.unstubAllGlobals();
});

/** One who is sending a recording, and a server that says what is given. */
async function sending(answer: (path: string, body: { client_id?: string }) => Response): Promise<{ sender: Sender; asked: string[] }> {
  const asked: string[] = [];
  session.me = desk([]).me;
  await (await openKeep()).put(recorded);
  vi.stubGlobal('fetch', async (path: string, { method, body }: RequestInit) => {
    asked.push(`${method} ${path.slice('/api/v1/console'.length)}`);
    return answer(path, JSON.parse(String(body)) as { client_id?: string });
  });
  const sender = new Sender(ANA, { onSent: () => undefined, onLost: () => undefined, versionOf: () => 0 });
  sender.send(1, '', { files: [standIn(recorded)] }, recorded.id);
  return { sender, asked };
}

test('a recording that another tab has sent with its own file holds up nothing that was written after it', async () => {
  const { sender, asked } = await sending((path, { client_id }) =>
    client_id === 'r1' ? new Response('{"code":"client_id_reused"}', { status: 409 }) : new Response(JSON.stringify({ entry: entry(2) }), { status: path.includes('uploads') ? 200 : 201 }),
  );
  sender.send(1, 'y esto');
  await vi.waitUntil(() => sender.items.length === 0);
  const post = 'POST /conversations/1/messages';
  expect(asked).toEqual([post, 'DELETE /uploads/u2', post]);
  await vi.waitFor(async () => expect(await (await openKeep()).find('r1')).toBeNull());
  sender.close();
});

test('a recording whose message has come back as an entry is no longer kept here', async () => {
  const { sender } = await sending(() => Response.error());
  await vi.waitUntil(() => sender.items[0]?.state === 'waiting');
  sender.settle([entry(1, { client_id: 'r1' })]);
  expect(sender.items).toEqual([]);
  await vi.waitFor(async () => expect(await (await openKeep()).find('r1')).toBeNull());
  sender.close();
});

test('of one draft that two windows send, with its files, the second goes by itself, whichever is heard of first', async () => {
  const file = { id: 'f1', name: 'a.pdf', type: 'application/pdf', size: 9, width: null, height: null, thumbnail: false, sound: null };
  const refusal = '{"code":"invalid","errors":[{"field":"attachments","code":"unknown"}]}';
  const { sender } = await sending(() => new Response(refusal, { status: 400 }));
  sender.items.forEach(({ id }) => sender.take(id));
  await vi.waitUntil(() => sender.items.length === 0);
  sender.send(1, 'Aquí está', { files: [file] });
  await vi.waitUntil(() => sender.items[0]?.state === 'failed');
  const gone = entry(7, { client_id: 'other', body: 'Otra cosa', attachments: [file] });
  sender.settle([gone]);
  expect(sender.items).toHaveLength(1);
  sender.settle([{ ...gone, body: 'Aquí está' }]);
  expect(sender.items).toEqual([]);
  sender.send(1, 'Aquí está', { files: [file] });
  await vi.waitUntil(() => sender.items.length === 0);
  sender.send(1, 'Con otras palabras', { files: [file] });
  await vi.waitUntil(() => sender.items[0]?.state === 'failed');
  sender.close();
});

test('while the second is on its way, or waits for the turn of the first, nothing of it is shown once the first has arrived', async () => {
  const file = { id: 'f1', name: 'a.pdf', type: 'application/pdf', size: 9, width: null, height: null, thumbnail: false, sound: null };
  const refusal = '{"code":"invalid","errors":[{"field":"attachments","code":"unknown"}]}';
  session.me = desk([]).me;
  const sender = new Sender(ANA, { onSent: () => undefined, onLost: () => undefined, versionOf: () => 0 });
  let answer: (answer: Response) => void = () => undefined;
  vi.stubGlobal('fetch', () => new Promise<Response>((answered) => (answer = answered)));
  for (const body of ['Aquí está', 'Aquí está']) sender.send(2, body, { files: [file] });
  sender.send(2, 'Y esto');
  await vi.waitUntil(() => sender.of(2)[0]?.state === 'sending');
  sender.settle([entry(7, { client_id: 'other', body: 'Aquí está', attachments: [file] })]);
  expect(sender.of(2).map(({ body }) => body)).toEqual(['Y esto']);
  for (const _ of [1, 2]) {
    const asked = answer;
    answer(new Response(refusal, { status: 400 }));
    await vi.waitUntil(() => answer !== asked);
  }
  expect(sender.of(2).map(({ body, state }) => `${body} ${state}`)).toEqual(['Y esto sending']);
  sender.close();
});
