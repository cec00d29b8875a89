import { beforeEach, describe, expect, test } from 'vitest';
import { connect, type LiveEvent, type LiveOptions, type LiveWorld, type RefetchReason } from './live.ts';

class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;

  constructor() {
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    return FakeSocket.all.at(-1)!;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  tell(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  fall(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 3;
  }
}

class FakeWorld implements LiveWorld {
  time = 0;
  chance = 1;
  timers = new Map<number, { at: number; run: () => void }>();
  told: ((what: 'wake' | 'offline') => void) | null = null;
  private made = 0;

  now = (): number => this.time;
  random = (): number => this.chance;
  socket = (): WebSocket => new FakeSocket() as unknown as WebSocket;
  watch = (told: (what: 'wake' | 'offline') => void): (() => void) => {
    this.told = told;
    return () => (this.told = null);
  };
  setTimeout = (run: () => void, ms: number): number => {
    this.timers.set((this.made += 1), { at: this.time + ms, run });
    return this.made;
  };
  clearTimeout = (timer: unknown): void => void this.timers.delete(timer as number);

  async pass(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= until).sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) break;
      this.timers.delete(due[0]);
      this.time = Math.max(this.time, due[1].at);
      due[1].run();
      await settle();
    }
    this.time = until;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

let world: FakeWorld;
let seen: string[];
let reasons: RefetchReason[];
let applied: LiveEvent[];
let fetches: { done: () => void; fail: () => void }[];
let held: boolean;
let current: (() => boolean)[];

beforeEach(() => {
  FakeSocket.all = [];
  world = new FakeWorld();
  [seen, reasons, applied, fetches, held, current] = [[], [], [], [], false, []];
});

function start(more: Partial<LiveOptions> = {}) {
  const refetch = (reason: RefetchReason, isCurrent: () => boolean): Promise<void> => {
    reasons.push(reason);
    current.push(isCurrent);
    if (!held) return Promise.resolve();
    return new Promise((done, fail) => fetches.push({ done, fail: () => fail(new Error('no')) }));
  };
  const onState = (state: string, ms?: number): void => void seen.push(ms === undefined ? state : `${state} ${ms}`);
  const options = { url: '/socket', onEvent: (event: LiveEvent) => void applied.push(event), onState, refetch };
  return connect({ ...options, ...more }, world);
}

async function hello(epoch = 'e1'): Promise<void> {
  await settle();
  FakeSocket.last.open();
  FakeSocket.last.tell({ type: 'hello', wire: 1, epoch, now: 1 });
  await settle();
}

async function fail(): Promise<void> {
  await settle();
  FakeSocket.last.fall();
  await settle();
}

describe('opening', () => {
  test('it fetches after hello and applies what came meanwhile afterwards, in order', async () => {
    held = true;
    start({ hello: () => ({ type: 'hello', token: 't' }) });
    await hello();
    expect(FakeSocket.last.sent).toEqual(['{"type":"hello","token":"t"}']);
    FakeSocket.last.tell({ type: 'a' });
    FakeSocket.last.tell({ type: 'b' });
    expect([seen, reasons, applied]).toEqual([['connecting'], ['first'], []]);
    fetches[0]!.done();
    await settle();
    FakeSocket.last.tell({ type: 'c' });
    expect(seen).toEqual(['connecting', 'live']);
    expect(applied.map((event) => event.type)).toEqual(['a', 'b', 'c']);
  });

  test('a fetch that fails drops the connection and is owed by the next one', async () => {
    held = true;
    start();
    await hello();
    fetches[0]!.fail();
    await settle();
    expect(seen.at(-1)).toMatch(/^waiting/);
    await world.pass(1_000);
    await hello();
    expect(reasons).toEqual(['first', 'first']);
  });

  test('a socket that never says hello is given up', async () => {
    start();
    await settle();
    FakeSocket.last.open();
    await world.pass(10_000);
    expect(seen.at(-1)).toMatch(/^waiting/);
  });

  test('frames that are no events change nothing', async () => {
    start();
    await hello();
    FakeSocket.last.onmessage?.({ data: '{' });
    FakeSocket.last.onmessage?.({ data: 'null' });
    expect(applied).toEqual([]);
  });
});

describe('coming back', () => {
  test('the pauses grow to fifteen seconds, each drawn from the whole range', async () => {
    start();
    for (let turn = 0; turn < 8; turn += 1) {
      await fail();
      await world.pass(15_000);
    }
    const pauses = seen.filter((state) => /^waiting \d/.test(state)).map((state) => Number(state.split(' ')[1]));
    expect(pauses.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(15_000);
  });

  test('chance decides how long one waits, down to nothing', async () => {
    world.chance = 0.25;
    start();
    await fail();
    expect(seen.at(-1)).toBe('waiting 250');
  });

  test('the browser saying that the network is back ends the pause', async () => {
    start();
    await fail();
    world.told?.('wake');
    await settle();
    expect(FakeSocket.all).toHaveLength(2);
    await hello();
    expect(reasons).toEqual(['first']);
  });

  test('another epoch means that nothing known may be kept', async () => {
    start();
    await hello('e1');
    await fail();
    await world.pass(15_000);
    await hello('e2');
    expect(reasons).toEqual(['first', 'epoch']);
  });

  test('an accept-and-drop server is not hammered', async () => {
    start();
    for (let turn = 0; turn < 4; turn += 1) {
      await hello();
      await fail();
      await world.pass(1_000 * 2 ** turn);
    }
    expect(seen.filter((state) => /^waiting \d/.test(state))).toEqual([1, 2, 4, 8].map((s) => `waiting ${s * 1_000}`));
  });

  test('late words of a connection that was given up are not heard', async () => {
    start();
    await hello();
    const old = FakeSocket.last;
    const heard = old.onmessage;
    await fail();
    heard?.({ data: '{"type":"late"}' });
    expect(applied).toEqual([]);
  });
});

describe('closes', () => {
  test.each([
    [4403, 'epoch'],
    [4409, 'gap'],
    [4408, 'reconnect'],
  ] as const)('%i comes back at once and fetches for "%s"', async (code, reason) => {
    start();
    await hello();
    await world.pass(15_000);
    FakeSocket.last.fall(code);
    expect(seen.at(-1)).toBe('waiting 0');
    await world.pass(0);
    await hello();
    expect(reasons.at(-1)).toBe(reason);
  });

  test('signed out stops, unless the page knows how to go on', async () => {
    start();
    await hello();
    FakeSocket.last.fall(4401);
    expect(world.timers.size).toBe(0);
    start({ onClose: () => 'retry' });
    await hello();
    FakeSocket.last.fall(4401);
    expect(seen.at(-1)).toMatch(/^waiting/);
  });

  test('closing leaves no timer, no listener and no socket', async () => {
    const live = start();
    await hello();
    live.close();
    await world.pass(60_000);
    expect([world.timers.size, world.told, FakeSocket.last.readyState]).toEqual([0, null, 3]);
    expect(FakeSocket.all).toHaveLength(1);
    expect(live.send({})).toBe(false);
  });
});

describe('the heartbeat', () => {
  test('it asks every twenty seconds and gives up ten seconds after an unanswered question', async () => {
    start();
    await hello();
    await world.pass(20_000);
    expect(FakeSocket.last.sent).toEqual(['{"type":"ping"}']);
    FakeSocket.last.tell({ type: 'pong' });
    await world.pass(29_999);
    expect(seen.at(-1)).toBe('live');
    await world.pass(1);
    expect(seen.at(-1)).toMatch(/^waiting/);
  });

  test('after a sleep the socket has three seconds to answer', async () => {
    start();
    await hello();
    world.time += 3_600_000;
    await world.pass(0);
    await world.pass(3_000);
    expect(seen.at(-1)).toMatch(/^waiting/);
  });

  test('an offline signal alone does not drop a connection that answers', async () => {
    start();
    await hello();
    world.told?.('offline');
    FakeSocket.last.tell({ type: 'pong' });
    await world.pass(3_000);
    expect(seen.at(-1)).toBe('live');
  });
});

describe('gaps', () => {
  test('an event that does not follow is answered by a fetch, and the rest is judged after it', async () => {
    const judged: string[] = [];
    let missing = true;
    start({
      onEvent: (event) => {
        judged.push(event.type);
        return event.type === 'jump' && missing ? 'gap' : undefined;
      },
    });
    await hello();
    held = true;
    FakeSocket.last.tell({ type: 'jump' });
    FakeSocket.last.tell({ type: 'next' });
    expect([judged, reasons]).toEqual([['jump'], ['first', 'gap']]);
    missing = false;
    fetches[0]!.done();
    await settle();
    expect(judged).toEqual(['jump', 'next']);
  });

  test('a gap that no fetch closes ends in a new connection, not in a loop', async () => {
    start({ onEvent: () => 'gap' });
    await hello();
    held = true;
    FakeSocket.last.tell({ type: 'jump' });
    for (let turn = 0; turn < 5; turn += 1) {
      FakeSocket.last.tell({ type: 'jump' });
      fetches[turn]?.done();
      await settle();
    }
    expect(reasons).toEqual(['first', 'gap', 'gap', 'gap']);
    expect(seen.at(-1)).toMatch(/^waiting/);
  });
});

describe('fetches that last', () => {
  test('one that was given up as too slow may no longer change anything', async () => {
    held = true;
    start();
    await hello();
    await world.pass(20_000);
    expect(seen.at(-1)).toMatch(/^waiting/);
    await world.pass(1_000);
    await hello();
    expect(current.map((isCurrent) => isCurrent())).toEqual([false, true]);
  });
});

test('however often a page asks during a fetch, one more follows, with every event after its own', async () => {
  const live = start({ onEvent: (event) => (event.type === 'ask' ? live.refetch('gap') : void applied.push(event)) });
  await hello();
  held = true;
  FakeSocket.last.tell({ type: 'ask' });
  await settle();
  for (const type of ['ask', 'a', 'ask']) FakeSocket.last.tell({ type });
  fetches[0]!.done();
  await settle();
  FakeSocket.last.tell({ type: 'b' });
  expect([reasons, applied]).toEqual([['first', 'gap', 'gap'], [{ type: 'a' }]]);
  fetches[1]!.done();
  await settle();
  expect([reasons.length, applied]).toEqual([3, [{ type: 'a' }, { type: 'b' }]]);
});

describe('without sockets', () => {
  async function blocked(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) {
      if (FakeSocket.last.readyState === 0) FakeSocket.last.fall();
      await world.pass(500);
    }
  }

  test('after three failures it fetches every five seconds and keeps trying the socket', async () => {
    start();
    await settle();
    await blocked(40_000);
    expect(seen.at(-1)).toBe('polling');
    expect(reasons[0]).toBe('first');
    expect(reasons.filter((reason) => reason === 'poll').length).toBeGreaterThanOrEqual(5);
    expect(reasons.length).toBeLessThanOrEqual(9);
    const sockets = FakeSocket.all.length;
    await blocked(20_000);
    expect(FakeSocket.all.length).toBeGreaterThan(sockets);
    while (FakeSocket.last.readyState !== 0) await world.pass(100);
    await hello();
    expect(seen.at(-1)).toBe('live');
    const count = reasons.length;
    await world.pass(9_000);
    expect(reasons).toHaveLength(count);
  });

  test('when the fetch does not get through either, it says that it waits', async () => {
    held = true;
    start();
    await settle();
    await blocked(8_000);
    fetches.forEach((fetch) => fetch.done());
    await settle();
    expect(seen.at(-1)).toBe('polling');
    await blocked(6_000);
    fetches.forEach((fetch) => fetch.fail());
    await settle();
    expect(seen.at(-1)).toBe('waiting');
  });
});
