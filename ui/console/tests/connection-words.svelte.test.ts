/** What screen readers hear of the connection and of the server's store: only what has happened. */
import { announced } from '@recado/shared/announce.svelte.ts';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tellTurns } from '../src/state/connection-words.svelte.ts';
import { watch, type Connection } from '../src/state/connection.svelte.ts';
import { speak } from '../src/state/language.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { Socket } from './socket.ts';
import { desk } from './world.ts';

let page: Connection;
let leave: () => void;

async function greet(): Promise<void> {
  await vi.waitUntil(() => Socket.last.onmessage);
  Socket.last.tell({ type: 'hello', epoch: 'e1' });
  await vi.waitUntil(() => page.state === 'live');
  flushSync();
}

function store(well: boolean): void {
  Socket.last.tell({ type: 'store.changed', well });
  flushSync();
}

beforeEach(async () => {
  await speak('en');
  session.me = desk([]).me;
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ ...session.me, locale: 'en' })));
  page = watch(async () => true);
  leave = $effect.root(() => tellTurns(page, () => page.lost, () => 'It waits here.'));
  const before = Socket.opened;
  page.start();
  await vi.waitUntil(() => Socket.opened > before);
  await greet();
  announced.text = '';
});

afterEach(() => {
  leave();
  page.stop();
  session.leave();
  vi.unstubAllGlobals();
});

test('the server stores again where it says so', () => {
  store(false);
  expect(announced.text).toContain('It waits here.');
  store(true);
  expect(announced.text).toBe('The server stores again.');
});

test('a connection that is lost, and a page that is left, do not make it store again', async () => {
  store(false);
  Socket.last.end(1006);
  flushSync();
  const lost = announced.text;
  expect(lost).not.toContain('stores again');
  page.retryNow();
  await greet();
  expect(announced.text).not.toContain('stores again');
  expect(announced.text).not.toBe(lost);
  store(false);
  const said = announced.text;
  leave();
  expect(announced.text).toBe(said);
});

test('a page that is left while the connection is lost is not back', () => {
  Socket.last.end(1006);
  flushSync();
  const said = announced.text;
  leave();
  expect([said === '', announced.text]).toEqual([false, said]);
});
