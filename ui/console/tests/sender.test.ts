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
    client_id === 'r1' ? new Response('{"code":"client_id_reused"}', { status: 409 }) : new Response('{}', { status: path.includes('uploads') ? 200 : 201 }),
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
