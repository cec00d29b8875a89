/** What does not exist yet stays in this browser; it is created once, and no word is lost over it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NewChat } from '../src/state/new-chat.svelte.ts';
import { NewTalk } from '../src/state/new-talk.svelte.ts';
import { forgetUnborn, unbornBodies } from '../src/state/unborn.svelte.ts';
import { ANA, BRUNO, row } from './world.ts';

interface Asked {
  client_id: string;
  body: string;
}
/** What the server has stored under which client id, and what it was asked. */
let stored: Map<string, string>;
let asked: Asked[];
let read: string[];
/** What becomes of the next request: it is stored and the answer lost, or it does not get there, or is refused. */
let next: 'lost' | 'unreached' | 'refused' | null;
let gate: Promise<unknown> | null;

beforeEach(() => {
  localStorage.clear();
  [stored, asked, read, next, gate] = [new Map(), [], [], null, null];
  vi.stubGlobal('fetch', async (path: string, { method, body }: RequestInit) => {
    if (method !== 'POST') return (read.push(`${method} ${path}`), new Response('[]'));
    const { client_id, ...words } = JSON.parse(String(body)) as Asked;
    const [outcome, text] = [next, JSON.stringify(words)];
    asked.push({ client_id, ...words });
    [next] = [null, await gate];
    if (outcome === 'unreached') throw new TypeError('no connection');
    if (outcome === 'refused') return new Response('{"code":"other_open"}', { status: 409 });
    if ((stored.get(client_id) ?? text) !== text) return new Response('{"code":"client_id_reused"}', { status: 409 });
    stored.set(client_id, text);
    if (outcome === 'lost') throw new TypeError('no connection');
    return new Response(JSON.stringify({ entry: {}, direct: { id: 9 }, conversation: { id: 9 } }));
  });
});
afterEach(() => vi.unstubAllGlobals());

const talk = (): NewTalk => {
  const fresh = new NewTalk(ANA);
  fresh.add(BRUNO);
  return fresh;
};
const chat = (): NewChat => {
  const fresh = new NewChat(ANA);
  fresh.address(row(3, { status: 'closed' }));
  return fresh;
};
const KINDS: [string, () => NewTalk | NewChat, new (me: number) => NewTalk | NewChat][] = [
  ['with colleagues', talk, NewTalk],
  ['with a customer', chat, NewChat],
];

describe.each(KINDS)('%s', (_, begun, Kind) => {
  test('it changes nothing at the server, and goes without a trace', () => {
    const fresh = begun();
    fresh.body = 'Half a';
    expect([asked, read.every((one) => one.startsWith('GET'))]).toEqual([[], true]);
    expect([new Kind(ANA).body, new Kind(BRUNO).there, unbornBodies(ANA)]).toEqual(['Half a', false, expect.arrayContaining(['Half a'])]);
    fresh.discard();
    expect([fresh.there, fresh.body, Object.keys(localStorage), new Kind(ANA).there]).toEqual([false, '', [], false]);
    fresh.body = 'Half a';
    forgetUnborn(ANA);
    expect(Object.keys(localStorage)).toEqual([]);
  });

  test('whose answer was lost is created once, after a reload, too', async () => {
    const fresh = begun();
    fresh.body = ' Have you a minute? ';
    next = 'lost';
    await expect(fresh.create()).rejects.toThrow();
    expect([fresh.there, fresh.busy]).toEqual([true, false]);
    const again = new Kind(ANA);
    expect((await again.create()).rest).toBe('');
    expect([stored.size, asked[1], again.there]).toEqual([1, asked[0], false]);
    expect(asked[0]!.body).toBe('Have you a minute?');
  });

  test('and after one more letter: what came of it is told, and the rest is there to go on with', async () => {
    const fresh = begun();
    for (const [body, outcome] of [['Come', 'lost'], ['Come at', 'unreached']] as const) {
      fresh.body = body;
      next = outcome;
      await expect(fresh.create()).rejects.toThrow();
    }
    fresh.body = 'Come at five';
    expect((await fresh.create()).rest).toBe('at five');
    expect([stored.size, fresh.there]).toEqual([1, false]);
  });

  test('what was refused is still here, and is another the next time', async () => {
    const fresh = begun();
    fresh.body = 'Hello';
    next = 'refused';
    await expect(fresh.create()).rejects.toThrow();
    expect(fresh.body).toBe('Hello');
    await fresh.create();
    expect(asked[1]!.client_id).not.toBe(asked[0]!.client_id);
  });

  test('another page of mine goes on with the same, and creates no second', async () => {
    const [here, there] = [begun(), new Kind(ANA)];
    const told = (): void => there.heard(new StorageEvent('storage', { key: Object.keys(localStorage)[0] ?? null }));
    here.body = 'Once';
    told();
    expect(there.body).toBe('Once');
    await Promise.all([here.create(), there.create()]);
    expect([stored.size, asked.length]).toEqual([1, 2]);
    told();
    expect(there.there).toBe(false);
  });

  test('what is written while it is being created is there to go on with', async () => {
    let open: (nothing?: unknown) => void;
    for (const [body, more, rest] of [['Once', 'Once and for all', 'and for all'], ['Twice', 'Something else', 'Something else']]) {
      gate = new Promise((resolve) => (open = resolve));
      const fresh = begun();
      fresh.body = body!;
      const created = fresh.create();
      fresh.body = more!;
      open!();
      expect((await created).rest).toBe(rest);
      expect(fresh.there).toBe(false);
    }
  });
});
