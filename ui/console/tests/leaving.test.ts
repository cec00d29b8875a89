/** What signing out leaves behind in a browser: nothing of what was typed, and nothing lost without a word. */
import { openKeep } from '@recado/shared/voice/keep.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { signOut } from '../src/features/entrance/signing-out.ts';
import { Drafts } from '../src/state/drafts.svelte.ts';
import { editings } from '../src/state/editings.svelte.ts';
import { recent } from '../src/state/emoji.svelte.ts';
import { t } from '../src/state/language.svelte.ts';
import { leaving } from '../src/state/leaving.svelte.ts';
import { NewTalk } from '../src/state/new-talk.svelte.ts';
import { notices } from '../src/state/notices.svelte.ts';
import { Sender } from '../src/state/sender.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { placeOf } from '../src/state/voice.svelte.ts';
import { ANA, BRUNO, desk, mine } from './world.ts';

const me = desk([]).me;
const asked: [string, string, unknown][] = [];
/** What the server answers with; nothing is reached where it is null. */
let status: number | null = 204;

beforeEach(() => {
  asked.length = 0;
  status = 204;
  session.me = me;
  vi.spyOn(session, 'startOver').mockReturnValue(new Promise(() => undefined));
  vi.stubGlobal('fetch', (path: string, { method, body }: RequestInit) => {
    asked.push([method!, path.replace('/api/v1/console', ''), JSON.parse(String(body ?? 'null'))]);
    if (path.endsWith('/desk')) return Promise.resolve(Response.json(desk([])));
    if (path.endsWith('/directs/drafts')) return Promise.resolve(Response.json([]));
    return status === null ? Promise.reject(new TypeError()) : Promise.resolve(new Response(null, { status }));
  });
});
afterEach(() => {
  leaving.stay();
  session.leave();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  localStorage.clear();
});

const lying = () => Object.entries(localStorage).filter(([key]) => key.startsWith('recado:'));
const changes = () => asked.filter(([method]) => method !== 'GET').map(([method, path]) => `${method} ${path}`);

test('what is not saved yet is saved first, and nothing of it stays in the browser', async () => {
  const drafts = new Drafts(ANA);
  drafts.set(1, 'Su pedido sale');
  drafts.set(2, 'Es alérgica', 'note');
  new Drafts(BRUNO).set(1, 'Of a colleague');
  recent().use('🌊');
  new NewTalk(ANA).begin();
  await leaving.begin();
  expect(changes()).toEqual(['PUT /conversations/1/draft', 'PUT /conversations/2/draft', 'DELETE /session']);
  expect(asked.map(([, , body]) => body ?? {})).toEqual([
    { mode: 'answer', body: 'Su pedido sale' },
    { mode: 'note', body: 'Es alérgica' },
    {},
  ]);
  expect(lying().map(([key]) => key)).toEqual([`recado:draft:${BRUNO}:1`]);
  expect(session.me).toBe(null);
  expect(session.startOver).toHaveBeenCalledOnce();
});

test('what cannot be saved, was not sent, or was lost is asked about, and stays for whoever stays', async () => {
  new Drafts(ANA).keep('Voy yo');
  const sender = new Sender(ANA, { onSent: () => undefined, onLost: () => undefined, versionOf: () => 0 });
  status = null;
  sender.send(1, 'En camino');
  sender.send(2, '', { files: [{ id: 'f', name: 'plano.pdf', type: 'application/pdf', size: 1, width: null, height: null, thumbnail: false, sound: null }] });
  await vi.waitUntil(() => sender.items[0]?.state === 'waiting');
  sender.close();
  new Drafts(ANA).set(3, 'A medias');
  // Nobody is asked about what cannot be done: without a connection that is said first.
  await expect(leaving.begin()).rejects.toThrow('offline');
  expect(leaving.texts).toEqual([]);
  status = 503;
  await leaving.begin();
  expect(leaving.texts).toEqual(['A medias', 'Voy yo', 'En camino', '📎 plano.pdf']);
  leaving.stay();
  expect([leaving.texts, session.me?.id, changes().includes('DELETE /session')]).toEqual([[], ANA, false]);

  await leaving.begin();
  await expect(leaving.end()).rejects.toThrow();
  expect(lying().length).toBeGreaterThan(0);
  status = 204;
  await leaving.end();
  const again = new Sender(ANA, { onSent: () => undefined, onLost: () => undefined, versionOf: () => 0 });
  await new Promise((passed) => setTimeout(passed, 20));
  expect([session.me, lying(), again.items]).toEqual([null, [], []]);
  again.close();
});

test('a recording that was not sent is asked about, and goes with its operator; those of others stay', async () => {
  const keep = await openKeep();
  const recording = { id: 'a', place: placeOf(ANA, 1, 'answer'), type: '', ms: 12_400, peaks: [], at: 0, handed: false };
  const theirs = { ...recording, id: 'b', place: placeOf(BRUNO, 1, 'note') };
  for (const one of [recording, theirs]) await keep.put(one);
  await leaving.begin();
  expect([leaving.texts, session.me?.id]).toEqual([[t('voice.excerpt', { time: '0:12' })], ANA]);
  await leaving.end();
  expect(await keep.list('')).toEqual([theirs]);
});

test('a message whose edit was begun and not stored is asked about, and one that was not changed is not', async () => {
  editings.begin(1, mine(3, { body: 'A las diez' }));
  editings.begin(2, mine(4, { body: 'A las once' }));
  editings.type(2, 'A las doce');
  await leaving.begin();
  expect([leaving.texts, session.me?.id]).toEqual([['A las doce'], ANA]);
  editings.end(1);
  editings.end(2);
});

test('where the session has ended already all that is not on the server is asked about', async () => {
  new Drafts(ANA).set(1, 'Su pedido sale');
  await leaving.begin(true);
  expect([leaving.texts, asked]).toEqual([['Su pedido sale'], []]);
  await leaving.end();
  expect([session.me, lying(), asked]).toEqual([null, [], []]);
});

test('who has been signed out elsewhere meanwhile leaves nothing behind either', async () => {
  new Drafts(ANA).keep('Voy yo');
  await leaving.begin();
  expect([leaving.texts, lying().length]).toEqual([['Voy yo'], 1]);
  status = 401;
  await leaving.end();
  expect(changes()).toEqual(['DELETE /session']);
  expect([session.me, lying()]).toEqual([null, []]);
});

test('where the browser cannot say that nothing is left, the way in says so, and one is signed out all the same', async () => {
  await leaving.begin();
  expect(session.startOver).toHaveBeenLastCalledWith('/');
  session.me = me;
  vi.stubGlobal('indexedDB', {
    open: () => {
      const opening = { error: new DOMException('backing store', 'UnknownError'), onerror: () => undefined };
      queueMicrotask(() => opening.onerror());
      return opening;
    },
  });
  await leaving.begin();
  expect(session.startOver).toHaveBeenLastCalledWith('/sign-in?left=1');
  expect(session.me).toBe(null);
});

test('a save that is answered late puts nothing back', async () => {
  vi.useFakeTimers();
  const drafts = new Drafts(ANA);
  drafts.set(1, 'Su pedido sale');
  const answers: (() => void)[] = [];
  vi.stubGlobal('fetch', () => new Promise((done) => answers.push(() => done(new Response(null, { status: 204 })))));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(answers.length).toBe(1);
  vi.useRealTimers();
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 204 })));
  await leaving.begin();
  answers[0]!();
  await new Promise((passed) => setTimeout(passed, 5));
  expect(lying()).toEqual([]);
});

test('without a connection one is told that signing out needs it, and stays signed in', async () => {
  status = null;
  signOut();
  await vi.waitFor(() => expect(notices.shown.map(({ text }) => text)).toEqual([t('leaving.offline')]));
  expect(session.me).toBe(me);
});

test('files that were to go and have not are asked about', async () => {
  const sender = new Sender(ANA, { onSent: () => undefined, onLost: () => undefined, versionOf: () => 0 });
  status = null;
  const file = { id: 'f1', name: 'contrato.pdf', type: 'application/pdf', size: 5, width: null, height: null, thumbnail: false, sound: null };
  sender.send(1, '', { files: [file] });
  await vi.waitUntil(() => sender.items[0]?.state === 'waiting');
  sender.close();
  status = 204;
  await leaving.begin();
  expect(changes()).not.toContain('DELETE /session');
  expect(leaving.texts).toEqual(['📎 contrato.pdf']);
});
