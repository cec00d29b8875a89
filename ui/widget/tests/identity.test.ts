/** A chat whose user the site has signed, from the page's first moment to the end of what was signed. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Chat } from '../src/frame/chat.svelte.ts';
import type { Host, Start } from '../src/frame/host.ts';
import type { ToFrame, ToLoader } from '../src/protocol.ts';
import { conversation, hereWith, mine, visit } from './make.ts';
import { Server } from './server.ts';

const look = { colour: '#0b6b4f', ink: '#fff', corner: 'right', scheme: 'light', locale_hint: 'es' };
/** Whoever sat at this browser before has left their key. */
const kept = { '': 'somebody else', ':known': '1' };
const signed = (sub: string, mark = ''): string => `x.${btoa(JSON.stringify({ sub }))}.${mark}`;

let site = 0;
let told: ToLoader[];
let say: (message: ToFrame) => void;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  told = [];
  site += 1;
});
afterEach(async () => {
  // Ends its connection, and leaves nothing to be sent.
  vi.stubGlobal('location', hereWith(() => undefined));
  say({ type: 'forget' });
  await passed();
  localStorage.clear();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function open(identity: unknown): Promise<Chat> {
  const start: Start = { kept, page: 'https://signs.example/', look, identity };
  const host = {
    site: `https://signs${site}.example`,
    start: () => Promise.resolve(start),
    tell: (message: ToLoader) => told.push(message),
    hear: (heard: typeof say) => (say = heard),
  };
  const chat = new Chat('key', host as unknown as Host, start);
  await passed();
  return chat;
}

const passed = (ms = 1): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const FINE = { conversations: [], token: 't', resume_key: 'k', epoch: 'e1' };
const asAna = visit({}, { verified: true }, FINE);
const NOBODY = visit({}, { verified: false }, FINE);
const EXPIRED = { code: 'invalid', status: 400, errors: [{ field: 'identity', code: 'expired', detail: '' }] };
const asked = (server: Server): string[] => server.waiting.map((path) => path.replace('/api/v1/widget', ''));
const posts = (server: Server): string[] => asked(server).filter((path) => path.startsWith('/conversations'));

/** Ana's page: opened with what held a day ago, her message on its way when it no longer does. */
async function outlive(): Promise<{ server: Server; chat: Chat }> {
  const server = new Server();
  const chat = await open(signed('ana', 'old'));
  await server.answer('/visits', asAna);
  chat.draft.text = 'It is about my salary';
  chat.say();
  await passed(3_000);
  await server.answer('/conversations', { code: 'unauthenticated', status: 401 }, 401);
  // Her key opens nothing more, and the signature has expired.
  await server.answer('/visits', NOBODY);
  await server.answer('/visits', EXPIRED, 400);
  return { server, chat };
}

test('what a signed user has written is never sent as the visitor who sat there before, and stays', async () => {
  const { server, chat } = await outlive();
  for (let minute = 0; minute < 3; minute += 1) {
    await passed(60_000);
    chat.retryNow();
  }
  expect(asked(server)).toEqual([]);
  expect(chat.pending).toMatchObject([{ body: 'It is about my salary', state: 'waiting' }]);
  expect(chat.expired).toBe(true);
  expect(told.filter(({ type }) => type === 'expired')).toHaveLength(1);
});

test('the site signs anew, and what has waited is sent as the same user’s', async () => {
  const { server, chat } = await outlive();
  say({ type: 'identify', value: signed('ana', 'new') });
  await passed(3_000);
  expect(asked(server)).toEqual(['/visits']);
  await server.answer('/visits', asAna);
  await passed(3_000);
  expect(chat.expired).toBe(false);
  expect(posts(server)).toEqual(['/conversations']);
  const body = server.bodyOf('/conversations') as { client_id: string };
  expect(body).toMatchObject({ body: 'It is about my salary', client_id: chat.pending[0]!.id });
  const entry = mine(1, { body: 'It is about my salary', client_id: body.client_id });
  await server.answer('/conversations', { conversation: conversation('c1'), entry });
  expect(chat.pending).toEqual([]);
});

test('a site that signs wrongly again and again is told once, so that its page cannot run in circles', async () => {
  const { server } = await outlive();
  for (const mark of ['newer', 'newest']) {
    say({ type: 'identify', value: signed('ana', mark) });
    await passed(3_000);
    await server.answer('/visits', EXPIRED, 400);
  }
  expect(told.filter(({ type }) => type === 'warn')).toHaveLength(3);
  expect(told.filter(({ type }) => type === 'expired')).toHaveLength(1);
});

test('another user is another visitor: the page begins anew, and what waits is left to the one who wrote it', async () => {
  const { server } = await outlive();
  const reload = vi.fn();
  vi.stubGlobal('location', hereWith(reload));
  say({ type: 'identify', value: signed('eva') });
  await passed(3_000);
  expect(reload).toHaveBeenCalledOnce();
  expect(asked(server)).toEqual([]);
});

test('what a site hands over stale leaves unsent what its user had written, also at load', async () => {
  const id = 'i';
  const item = { id, thread: 'chat', body: 'from yesterday', extra: {}, at: Date.now(), state: 'waiting', reason: null };
  localStorage.setItem(`recado:out:https://signs${site}.example/key#ana:${id}`, JSON.stringify(item));
  const server = new Server();
  const chat = await open(signed('ana', 'old'));
  await server.answer('/visits', EXPIRED, 400);
  await passed(60_000);
  expect(asked(server)).toEqual([]);
  expect(chat.pending).toMatchObject([{ body: 'from yesterday', state: 'waiting' }]);
  expect(told.map(({ type }) => type)).toEqual(['warn', 'expired']);
});

test.each(['', 'x.y.z', null])('a token that names nobody is a line in the console, and its visitor is the browser’s: %s', async (token) => {
  const server = new Server();
  const chat = await open(token);
  expect(told).toContainEqual({ type: 'warn', text: 'identity: malformed' });
  expect(server.bodyOf('/visits')).toMatchObject({ resume_key: 'somebody else' });
  expect(server.bodyOf('/visits')).not.toHaveProperty('identity');
  await server.answer('/visits', NOBODY);
  expect(chat.expired).toBe(false);
});
