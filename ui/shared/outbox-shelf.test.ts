// @vitest-environment jsdom
import { IDBDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { browserOutboxWorld, Keep, type OutboxWorld } from './outbox-keep.ts';
import { ASK_AFTER_MS, Outbox, type Outcome, type Pending } from './outbox.ts';
import { openShelf } from './outbox-shelf.ts';

type Item = Pending<null>;
const boxes: Outbox<null>[] = [];
let time: number;
let attempts: { item: Item; answer: (outcome: Outcome) => void }[];
let told: (() => void)[];

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('IDBKeyRange', IDBKeyRange);
  localStorage.clear();
  [time, attempts, told] = [1_000_000, [], []];
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const box of boxes.splice(0)) box.close();
  vi.unstubAllGlobals();
});

/** A tab without locks; the other tabs hear of its changes when the test says so. */
function tab(more: Partial<OutboxWorld> = {}) {
  const shown: { items: readonly Item[] } = { items: [] };
  const world: OutboxWorld = {
    ...browserOutboxWorld(localStorage),
    now: () => time,
    random: () => 0,
    locked: (_, run) => run(false),
    watch: (hear) => {
      told.push(() => hear('changed'));
      return () => undefined;
    },
    ...more,
  };
  const send = (item: Item): Promise<Outcome> => new Promise((answer) => attempts.push({ item, answer }));
  const box = new Outbox<null>({ scope: 's', send, onChange: (items) => (shown.items = items) }, world);
  boxes.push(box);
  return { box, states: (): string[] => shown.items.map((item) => `${item.body} ${item.state}`) };
}

const lying = async (): Promise<unknown[]> => (await openShelf(null)).all('recado:out:');
const until = (check: () => unknown): Promise<unknown> => vi.waitFor(check, { interval: 5 });

test('a message lies in the database until it is sent, and nowhere else', async () => {
  const { box, states } = tab();
  box.add('a', 'one', null);
  await until(() => expect(attempts).toHaveLength(1));
  expect(await lying()).toMatchObject([{ body: 'one', state: 'waiting' }]);
  expect(localStorage.length).toBe(0);
  attempts[0]!.answer({ kind: 'sent' });
  await until(() => expect(states()).toEqual([]));
  await vi.waitFor(async () => expect(await lying()).toEqual([]));
});

test('what a page has left behind is sent by the next one under the same id, in its order', async () => {
  const first = tab();
  const ids = ['one', 'two'].map((body) => first.box.add('a', body, null));
  await until(() => expect(attempts).toHaveLength(1));
  first.box.close();
  time += 31_000;
  const second = tab();
  await until(() => expect(attempts).toHaveLength(2));
  expect([attempts[1]!.item.id, second.states()]).toEqual([ids[0], ['one sending', 'two waiting']]);
});

test('after half an hour it asks first', async () => {
  const first = tab({ locked: () => new Promise(() => undefined) });
  const id = first.box.add('a', 'one', null);
  await vi.waitFor(async () => expect(await lying()).toHaveLength(1));
  time += ASK_AFTER_MS + 1;
  const second = tab();
  await until(() => expect(second.states()).toEqual(['one asking']));
  expect(attempts).toEqual([]);
  second.box.retry(id);
  await until(() => expect(attempts.map(({ item }) => item.id)).toEqual([id]));
});

test('without locks a second tab does not send what the first is sending, and takes it over where that one has died', async () => {
  const first = tab();
  const id = first.box.add('a', 'one', null);
  await until(() => expect(attempts).toHaveLength(1));
  const pauses: { run: () => void; ms: number }[] = [];
  const second = tab({ setTimeout: (run, ms) => pauses.push({ run, ms }), clearTimeout: () => undefined });
  await until(() => expect(pauses.map(({ ms }) => ms)).toEqual([5_000]));
  expect([attempts.length, second.states()]).toEqual([1, ['one waiting']]);
  first.box.close();
  time += 31_000;
  pauses[0]!.run();
  await until(() => expect(attempts.map(({ item }) => item.id)).toEqual([id, id]));
});

test('what the first tab has sent is not sent by the second, and goes from there with its echo', async () => {
  const [first, second] = [tab(), tab()];
  first.box.add('a', 'one', null);
  await until(() => expect(attempts).toHaveLength(1));
  told[1]!();
  await until(() => expect(second.states()).toEqual(['one waiting']));
  attempts[0]!.answer({ kind: 'sent' });
  await vi.waitFor(async () => expect(await lying()).toEqual([]));
  told[1]!();
  await until(() => expect(second.states()).toEqual(['one sending']));
  second.box.settle([attempts[0]!.item.id]);
  expect([second.states(), attempts.length]).toEqual([[], 1]);
});

test('texts of an earlier version are moved into the database and sent', async () => {
  const old = { id: 'i', thread: 'a', body: 'old', extra: null, at: time, state: 'waiting', reason: null };
  localStorage.setItem('recado:out:s:i', JSON.stringify(old));
  localStorage.setItem('recado:draft', 'kept');
  tab();
  await until(() => expect(attempts.map(({ item }) => item.body)).toEqual(['old']));
  expect(await lying()).toHaveLength(1);
  expect([localStorage.length, localStorage.getItem('recado:draft')]).toEqual([1, 'kept']);
});

/** Ends all connections to the database that have been opened since this was called. */
function watchConnections(): () => void {
  const open = vi.spyOn(IDBFactory.prototype, 'open');
  return () => open.mock.results.forEach(({ value }) => (value as IDBOpenDBRequest).result.close());
}

test('a database that the browser has closed is opened again', async () => {
  const close = watchConnections();
  const { box, states } = tab();
  box.add('a', 'one', null);
  box.add('a', 'two', null);
  await until(() => expect(attempts).toHaveLength(1));
  close();
  told[0]!();
  attempts[0]!.answer({ kind: 'sent' });
  await until(() => expect(attempts).toHaveLength(2));
  expect(states()).toEqual(['two sending']);
  await vi.waitFor(async () => expect(await lying()).toMatchObject([{ body: 'two' }]));
});

test('where it opens no more, messages are still sent, and lie among the texts for the next page', async () => {
  const close = watchConnections();
  const { box, states } = tab();
  box.add('a', 'one', null);
  await until(() => expect(attempts).toHaveLength(1));
  close();
  const database = indexedDB;
  vi.stubGlobal('indexedDB', { open: () => { throw new DOMException('gone', 'UnknownError'); } });
  box.add('a', 'two', null);
  told[0]!();
  attempts[0]!.answer({ kind: 'sent' });
  await until(() => expect(attempts.map(({ item }) => item.body)).toEqual(['one', 'two']));
  expect([states(), localStorage.length]).toEqual([['two sending'], 1]);
  vi.stubGlobal('indexedDB', database);
  const kept = (await (await openShelf(localStorage)).all('recado:out:')) as Item[];
  expect(kept.map(({ body }) => body).sort()).toEqual(['one', 'two']);
  expect(localStorage.length).toBe(0);
});

test('all that lies under keys that begin alike goes at once', async () => {
  for (const shelf of [await openShelf(null), await openShelf(localStorage)]) {
    for (const key of ['a:1', 'a#x:2', 'b:3']) await shelf.put(`recado:out:${key}`, { key });
    localStorage.setItem('recado:out:a:4', '{}');
    await shelf.remove('recado:out:a');
    expect(await shelf.all('recado:out:')).toEqual([{ key: 'b:3' }]);
  }
  expect(localStorage.length).toBe(0);
});

test('where the database is denied, or never opens, messages lie among the texts', async () => {
  const denied = { open: () => { throw new DOMException('denied', 'SecurityError'); } };
  const silent = { open: () => ({}) };
  for (const database of [denied, silent]) {
    vi.stubGlobal('indexedDB', database);
    vi.useFakeTimers();
    const opening = openShelf(localStorage);
    await vi.advanceTimersByTimeAsync(3_000);
    vi.useRealTimers();
    const shelf = await opening;
    await shelf.put('recado:out:s:i', { body: 'one' });
    expect(await shelf.all('recado:out:s:')).toEqual([{ body: 'one' }]);
    expect(localStorage.length).toBe(1);
    expect([await shelf.take('recado:out:s:i', null), await shelf.take('recado:out:s:x', null)]).toEqual(['mine', 'gone']);
    localStorage.clear();
  }
});

/** The database answers nothing more, as where another page of it sleeps in the middle of a step, until this is called. */
function stick(): () => void {
  const steps: (() => void)[] = [];
  const silent = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...how) {
    const act = (name: string) => (...what: unknown[]) => {
      const request: Partial<IDBRequest> = {};
      steps.push(() => {
        const all = this.transaction(...how).objectStore('out') as unknown as Record<string, (...what: unknown[]) => IDBRequest>;
        const real = all[name]!(...what);
        real.onsuccess = () => {
          Object.assign(request, { result: real.result });
          request.onsuccess!.call(real, new Event('success'));
        };
      });
      return request;
    };
    const room = { put: act('put'), get: act('get'), getAll: act('getAll'), delete: act('delete') };
    return { objectStore: () => room } as unknown as IDBTransaction;
  });
  return () => {
    silent.mockRestore();
    for (const step of steps) step();
  };
}

const LATE_MS = 3_000;

test('while the database does not answer, messages are sent all the same, and the second does not wait', async () => {
  const { box, states } = tab();
  await until(async () => expect(await lying()).toEqual([]));
  const answers = stick();
  vi.useFakeTimers();
  box.add('a', 'one', null);
  await vi.advanceTimersByTimeAsync(LATE_MS);
  expect(attempts.map(({ item }) => item.body)).toEqual(['one']);
  box.add('a', 'two', null);
  attempts[0]!.answer({ kind: 'sent' });
  await vi.advanceTimersByTimeAsync(50);
  expect(states()).toEqual(['two sending']);
  // Should this page end now, what it has not sent lies among the texts.
  expect(Object.values(localStorage).map((text) => (JSON.parse(text as string) as Item).body)).toEqual(['two']);
  vi.useRealTimers();
  attempts[1]!.answer({ kind: 'sent' });
  await until(() => expect([states(), localStorage.length]).toEqual([[], 0]));
  answers();
  await vi.waitFor(async () => expect(await lying()).toEqual([]));
});

test('what is thrown away while the database does not answer is not there when it does', async () => {
  const { box } = tab({ locked: () => new Promise(() => undefined) });
  await until(async () => expect(await lying()).toEqual([]));
  const answers = stick();
  vi.useFakeTimers();
  const id = box.add('a', 'one', null);
  await vi.advanceTimersByTimeAsync(100);
  expect(box.take(id)).toBe('one');
  const looked = vi.fn();
  void new Keep(browserOutboxWorld(localStorage), 'recado:out:s:').all().catch(looked);
  await vi.advanceTimersByTimeAsync(3 * LATE_MS);
  expect([localStorage.length, looked.mock.calls.length]).toEqual([0, 1]);
  vi.useRealTimers();
  answers();
  await vi.waitFor(async () => expect(await lying()).toEqual([]));
});

test('a turn that a sleeping tab holds is not waited for longer than an attempt lasts', async () => {
  const patience = new AbortController();
  const limits: number[] = [];
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => (limits.push(ms), patience.signal));
  const request = (_: string, { signal }: LockOptions): Promise<never> =>
    new Promise((_granted, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
  vi.stubGlobal('navigator', { locks: { request } });
  const { box } = tab({ locked: browserOutboxWorld(localStorage).locked });
  box.add('a', 'one', null);
  await vi.waitFor(async () => expect(await lying()).toHaveLength(1));
  expect([attempts, limits]).toEqual([[], [30_000]]);
  patience.abort();
  await until(() => expect(attempts.map(({ item }) => item.body)).toEqual(['one']));
});

/** A database that cannot be opened, and says so only after a while. */
const BROKEN = {
  open: () => {
    const opening: Partial<IDBOpenDBRequest> = { error: new DOMException('backing store', 'UnknownError') };
    queueMicrotask(() => opening.onerror?.call(opening as IDBOpenDBRequest, new Event('error')));
    return opening;
  },
};

test('who wants all of it gone is told where it cannot be known that it is', async () => {
  const gone = (): Promise<void> => new Keep(browserOutboxWorld(localStorage), 'recado:out:s:').clear();
  tab({ locked: () => new Promise(() => undefined) }).box.add('a', 'one', null);
  await vi.waitFor(async () => expect(await lying()).toHaveLength(1));
  const answers = stick();
  vi.useFakeTimers();
  const failed = vi.fn();
  gone().catch(failed);
  await vi.advanceTimersByTimeAsync(2 * LATE_MS);
  expect(failed).toHaveBeenCalledOnce();
  vi.useRealTimers();
  answers();
  await vi.waitFor(async () => expect(await lying()).toEqual([]));
  await gone();
  vi.stubGlobal('indexedDB', BROKEN);
  localStorage.setItem('recado:out:s:1', '{}');
  await expect(gone()).rejects.toThrow();
  expect(localStorage.length).toBe(0);
  // Where it is denied there has never been anything in it.
  vi.stubGlobal('indexedDB', { open: () => { throw new DOMException('denied', 'SecurityError'); } });
  await gone();
});
