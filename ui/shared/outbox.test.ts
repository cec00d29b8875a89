// @vitest-environment jsdom
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ASK_AFTER_MS, Outbox, newClientId, type Outcome, type Pending } from './outbox.ts';
import type { OutboxWorld } from './outbox-keep.ts';
import { openShelf, type KeyStore } from './outbox-shelf.ts';

type Item = Pending<null>;

let time: number;
let attempts: Item[];
let answers: ((outcome: Outcome) => void)[];
let timers: { run: () => void; ms: number }[];
let watchers: ((what: 'changed' | 'online') => void)[];
let turns: Map<string, Promise<void>>;
const texts = (store: KeyStore | null) => (): ReturnType<typeof openShelf> => openShelf(store);

beforeEach(() => {
  localStorage.clear();
  [time, attempts, answers, timers, watchers, turns] = [1_000_000, [], [], [], [], new Map()];
});

function world(more: Partial<OutboxWorld> = {}): OutboxWorld {
  return {
    now: () => time,
    setTimeout: (run, ms) => timers.push({ run, ms }),
    clearTimeout: () => undefined,
    random: () => 0,
    shelf: texts(localStorage),
    locked: (name, run) => {
      const turn = (turns.get(name) ?? Promise.resolve()).then(() => run(true));
      turns.set(name, turn);
      return turn;
    },
    watch: (told) => {
      watchers.push(told);
      return () => watchers.splice(watchers.indexOf(told), 1);
    },
    ...more,
  };
}

function open(more: Partial<OutboxWorld> = {}) {
  const shown: { items: readonly Item[] } = { items: [] };
  const send = (item: Item): Promise<Outcome> => {
    attempts.push(item);
    return new Promise((answer) => answers.push(answer));
  };
  const box = new Outbox<null>({ scope: 's', send, onChange: (items) => (shown.items = items) }, world(more));
  const states = (): string[] => shown.items.map((item) => `${item.body} ${item.state}`);
  return { box, states, shown };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
}

async function answer(outcome: Outcome): Promise<void> {
  answers.shift()?.(outcome);
  await settle();
}

const stored = (): number => localStorage.length;

describe('sending', () => {
  test('one at a time for each thread, in the order of writing', async () => {
    const { box, states } = open();
    box.add('a', 'one', null);
    box.add('a', 'two', null);
    box.add('b', 'three', null);
    await settle();
    expect(attempts.map((item) => item.body)).toEqual(['one', 'three']);
    await answer({ kind: 'sent' });
    expect(attempts.map((item) => item.body)).toEqual(['one', 'three', 'two']);
    await answer({ kind: 'sent' });
    await answer({ kind: 'sent' });
    expect([states(), stored()]).toEqual([[], 0]);
  });

  test('an attempt without an answer is made again under the same id, and the next one waits for it', async () => {
    const { box, states } = open();
    box.add('a', 'one', null);
    box.add('a', 'two', null);
    await settle();
    await answer({ kind: 'retry' });
    expect(states()).toEqual(['one waiting', 'two waiting']);
    timers.at(-1)!.run();
    await settle();
    expect(attempts).toHaveLength(2);
    expect(attempts[1]!.id).toBe(attempts[0]!.id);
  });

  test('the pauses grow, and the server may say how long', async () => {
    const { box } = open();
    box.add('a', 'one', null);
    await settle();
    for (let turn = 0; turn < 6; turn += 1) {
      await answer({ kind: 'retry' });
      timers.at(-1)!.run();
      await settle();
    }
    await answer({ kind: 'retry', afterMs: 42_000 });
    expect(timers.map(({ ms }) => ms)).toEqual([1_000, 2_000, 4_000, 7_500, 7_500, 7_500, 42_000]);
  });

  test('the connection coming back ends the pause, within a second and not for all at once', async () => {
    const { box } = open({ random: () => 0.5 });
    box.add('a', 'one', null);
    await settle();
    await answer({ kind: 'retry' });
    box.resume();
    expect(timers.at(-1)!.ms).toBe(500);
    timers.at(-1)!.run();
    await settle();
    expect(attempts).toHaveLength(2);
    await answer({ kind: 'retry' });
    watchers[0]!('online');
    timers.at(-1)!.run();
    await settle();
    expect(attempts).toHaveLength(3);
  });

  test('a refusal keeps the text and its reason, and lets the next one pass', async () => {
    const { box, shown } = open();
    const id = box.add('a', 'one', null);
    box.add('a', 'two', null);
    await settle();
    await answer({ kind: 'refused', reason: 'too_large' });
    expect(shown.items[0]).toMatchObject({ body: 'one', state: 'failed', reason: 'too_large' });
    expect(attempts.map((item) => item.body)).toEqual(['one', 'two']);
    expect(box.take(id)).toBe('one');
    await answer({ kind: 'sent' });
    expect(stored()).toBe(0);
  });

  test('an echo removes it, also where the answer never comes', async () => {
    const { box, states } = open();
    const id = box.add('a', 'one', null);
    await settle();
    box.settle([null, 'foreign', id]);
    await answer({ kind: 'retry' });
    expect([states(), stored()]).toEqual([[], 0]);
  });
});

describe('surviving', () => {
  test('a reload sends what was waiting, under the same id', async () => {
    const first = open();
    const id = first.box.add('a', 'one', null);
    await settle();
    first.box.close();
    turns.clear();
    const second = open();
    await settle();
    expect(attempts.map((item) => item.id)).toEqual([id, id]);
    expect(second.states()).toEqual(['one sending']);
  });

  test('what is older than half an hour asks first', async () => {
    const first = open();
    const id = first.box.add('a', 'one', null);
    first.box.close();
    await settle();
    [attempts, answers, time] = [[], [], time + ASK_AFTER_MS + 1];
    turns.clear();
    const second = open();
    await settle();
    expect([attempts, second.states()]).toEqual([[], ['one asking']]);
    second.box.retry(id);
    await settle();
    expect(attempts.map((item) => item.id)).toEqual([id]);
  });

  test('where nothing can be stored it still sends', async () => {
    const full = {
      ...localStorage,
      length: 0,
      setItem: () => {
        throw new Error('full');
      },
      removeItem: () => undefined,
    };
    for (const store of [null, full as unknown as Storage]) {
      const { box } = open({ shelf: texts(store) });
      box.add('a', 'one', null);
      await settle();
      expect(attempts).toHaveLength(1);
      [attempts, turns] = [[], new Map()];
    }
  });

  test('foreign or broken things in the storage are left alone', async () => {
    localStorage.setItem('recado:out:s:x', '{');
    localStorage.setItem('recado:out:s:y', '{"id":1}');
    localStorage.setItem('other', 'kept');
    const { states } = open();
    await settle();
    expect(states()).toEqual([]);
    expect(localStorage.getItem('other')).toBe('kept');
  });
});

describe('two tabs', () => {
  test('the second shows what the first waits with, and does not send it twice', async () => {
    const first = open();
    const second = open();
    first.box.add('a', 'one', null);
    watchers[1]!('changed');
    await settle();
    expect(second.states()).toEqual(['one waiting']);
    await answer({ kind: 'sent' });
    expect(attempts).toHaveLength(1);
    expect(second.states()).toEqual(['one sending']);
    second.box.settle([attempts[0]!.id]);
    expect(second.states()).toEqual([]);
  });

  test('what the first has sent goes from the second when it comes back as an entry, or is long overdue', async () => {
    const first = open();
    const second = open();
    first.box.add('a', 'one', null);
    const id = first.box.add('a', 'two', null);
    watchers[1]!('changed');
    await settle();
    await answer({ kind: 'sent' });
    watchers[1]!('changed');
    await settle();
    expect(second.states()).toEqual(['one sending', 'two waiting']);
    await answer({ kind: 'sent' });
    watchers[1]!('changed');
    await settle();
    expect([second.states(), attempts.length]).toEqual([['one sending', 'two sending'], 2]);
    second.box.settle([id]);
    expect(second.states()).toEqual(['one sending']);
    for (const { run, ms } of timers) if (ms === 15_000) run();
    expect(second.states()).toEqual([]);
  });

  test('what the first has given up, or taken back, goes from the second at once', async () => {
    const first = open();
    const second = open();
    const id = first.box.add('a', 'one', null);
    await settle();
    await answer({ kind: 'refused', reason: 'too_long' });
    watchers[1]!('changed');
    await settle();
    expect(second.states()).toEqual(['one failed']);
    first.box.take(id);
    await settle();
    watchers[1]!('changed');
    await settle();
    expect(second.states()).toEqual([]);
  });

  test('without locks both send the same id and one bubble is left', async () => {
    const locked = async (_: string, run: (alone: boolean) => Promise<void>): Promise<void> => run(false);
    const first = open({ locked });
    const second = open({ locked });
    const id = first.box.add('a', 'one', null);
    watchers[1]!('changed');
    await settle();
    expect(attempts.map((item) => item.id)).toEqual([id, id]);
    await answer({ kind: 'sent' });
    await answer({ kind: 'sent' });
    expect([first.states(), second.states(), stored()]).toEqual([[], [], 0]);
  });

  test('where it cannot be known what lies there nothing counts as sent by the other, and is looked at again', async () => {
    const shelf = await openShelf(localStorage);
    let lost = false;
    const all: typeof shelf.all = (prefix) => (lost ? Promise.reject(new Error('lost')) : shelf.all(prefix));
    const first = open();
    const second = open({ shelf: () => Promise.resolve({ ...shelf, all }) });
    for (const body of ['one', 'two', 'three']) first.box.add('a', body, null);
    await settle();
    await answer({ kind: 'refused', reason: 'too_long' });
    watchers[1]!('changed');
    await settle();
    const known = ['one failed', 'two waiting', 'three waiting'];
    expect(second.states()).toEqual(known);
    lost = true;
    watchers[1]!('changed');
    await settle();
    expect(second.states()).toEqual(known);
    first.box.take(first.shown.items[0]!.id);
    await settle();
    lost = false;
    second.box.resume();
    await settle();
    expect(second.states()).toEqual(known.slice(1));
  });
});

describe('client ids', () => {
  test('they are UUIDs also where the page is not a secure context', () => {
    const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(newClientId()).toMatch(shape);
    const random = (bytes: Uint8Array): Uint8Array => bytes.map((_, index) => index * 17);
    vi.stubGlobal('crypto', { getRandomValues: random });
    expect(newClientId()).toMatch(shape);
    vi.unstubAllGlobals();
  });
});
