/** What is heard, and from which tab. */
import type { ConsoleEvent } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BUILT_IN, chosen } from '../src/state/choices.svelte.ts';
import { lookAt } from '../src/state/looking.ts';
import { Ringing, RINGER } from '../src/state/ringing.ts';
import { session } from '../src/state/session.svelte.ts';
import { ANA, attended, BRUNO, desk, entry, posted, row } from './world.ts';

const TALK = { id: 3, name: null, people: [ANA, BRUNO], started_by: BRUNO, started_at: 1, last_at: 1, excerpt: '', excerpt_author: null, count: 1, seq: 2, version: 1 };

/** The first tone of each sound, by which it is known. */
const TONES: Record<number, string> = { 1046.5: 'bell', 659.3: 'chime', 880: 'drop', 330: 'knock' };
let heard: string[];
let allowed: boolean;
let tab: Ringing;

class Param {
  setValueAtTime(value: number): void {
    if (TONES[value]) heard.push(TONES[value]);
  }
  linearRampToValueAtTime(): void {}
  exponentialRampToValueAtTime(): void {}
}
class Node {
  frequency = new Param();
  gain = { ...new Param(), setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
  connect = (next: unknown): unknown => next;
  start(): void {}
  stop(): void {}
}
class Audio {
  state = 'suspended';
  currentTime = 0;
  onstatechange: (() => void) | null = null;
  createOscillator = (): Node => new Node();
  createGain = (): Node => new Node();
  async resume(): Promise<void> {
    if (allowed) this.turn('running');
  }
  turn(state: string): void {
    this.state = state;
    this.onstatechange?.();
  }
}

/** Locks as a browser keeps them for all its tabs: one holds a name, the others wait for it. */
class Locks {
  held: { name: string }[] = [];
  private waiting: { name: string; begin: () => void }[] = [];
  request = (name: string, options: { signal?: AbortSignal; mode?: string }, within: () => Promise<void>): Promise<void> =>
    new Promise((done) => {
      const begin = (): void => {
        const lock = { name };
        this.held.push(lock);
        void within().then(() => {
          this.held = this.held.filter((one) => one !== lock);
          const next = this.waiting.find((one) => one.name === name);
          this.waiting = this.waiting.filter((one) => one !== next);
          next?.begin();
          done();
        });
      };
      if (options.mode !== 'shared' && this.held.some((one) => one.name === name)) this.waiting.push({ name, begin });
      else begin();
    });
  query = async (): Promise<{ held: { name: string }[] }> => ({ held: this.held });
}
let locks: Locks;

beforeEach(() => {
  [heard, allowed, locks] = [[], true, new Locks()];
  vi.useFakeTimers();
  vi.stubGlobal('AudioContext', Audio);
  vi.stubGlobal('navigator', { locks });
  session.me = desk([]).me;
  tab = new Ringing();
});
afterEach(() => {
  lookAt(null);
  chosen.forget();
  session.me = null;
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function touched(one: Ringing): Promise<void> {
  one.hears(true);
  const end = one.listen();
  dispatchEvent(new Event('pointerdown'));
  await vi.advanceTimersByTimeAsync(0);
  end();
}
/** So much later than what rang before that it does not fold with it. */
async function later(): Promise<void> {
  await vi.advanceTimersByTimeAsync(2_001);
}
const waits = (id: number) => ({ type: 'conversation.opened' as const, conversation: row(id), entries: [entry(1)] });

test('nothing is heard before somebody has touched the page, and each kind has its sound from then on', async () => {
  tab.hears(true);
  await tab.heard(waits(1));
  expect(heard).toEqual([]);
  await touched(tab);
  await later();
  await tab.heard(waits(2));
  await later();
  await tab.heard(posted(attended(3, ANA), entry(2)));
  expect(heard).toEqual(['bell', 'chime']);
});

test('what comes within two seconds is told by one ring, and what is told twice rings once', async () => {
  await touched(tab);
  await later();
  for (const id of [1, 2, 3]) await tab.heard(waits(id));
  expect(heard).toEqual(['bell']);
  await later();
  await tab.heard(waits(1));
  expect(heard).toEqual(['bell']);
});

test('of two tabs one rings; the other does once that one is closed or loses its connection', async () => {
  const other = new Ringing();
  await touched(tab);
  await touched(other);
  await later();
  const both = async (id: number): Promise<void> => void (await Promise.all([tab.heard(waits(id)), other.heard(waits(id))]));
  await both(1);
  expect(heard).toEqual(['bell']);
  tab.hears(false);
  await later();
  expect(locks.held).toEqual([{ name: RINGER }]);
  await other.heard(waits(2));
  expect(heard).toEqual(['bell', 'bell']);
});

test('a tab that the device has silenced gives its turn up', async () => {
  await touched(tab);
  expect(locks.held).toHaveLength(1);
  (tab as unknown as { audio: Audio }).audio.turn('interrupted');
  await vi.advanceTimersByTimeAsync(0);
  expect(locks.held).toEqual([]);
});

test('what one looks at in any tab does not ring, and what lies open behind another window does', async () => {
  await touched(tab);
  await later();
  const focus = vi.spyOn(document, 'hasFocus').mockReturnValue(true);
  lookAt('conversation-3');
  await tab.heard(posted(attended(3, ANA), entry(2)));
  expect(heard).toEqual([]);
  focus.mockReturnValue(false);
  lookAt('conversation-3');
  await vi.advanceTimersByTimeAsync(0);
  await tab.heard(posted(attended(3, ANA, { version: 3 }), entry(3)));
  expect(heard).toEqual(['chime']);
});

test('nothing rings that is chosen to be silent, nor while one is not to be disturbed', async () => {
  await touched(tab);
  await later();
  chosen.take({ ...BUILT_IN, choices: { ...BUILT_IN.choices, sounds: { ...BUILT_IN.choices.sounds, waiting: 'none' } } });
  await tab.heard(waits(1));
  chosen.take({ ...BUILT_IN, dnd_until: (Date.now() + 60_000) * 1000 });
  await tab.heard(posted(attended(3, ANA), entry(2)));
  expect(heard).toEqual([]);
});

test('of a conversation that one has silenced nothing is heard, but where it names one that wants to hear of that', async () => {
  const said = (seq: number, mentions: number[] = []): ConsoleEvent => ({
    type: 'direct.posted',
    direct: { ...TALK, version: seq },
    entries: [entry(seq, { kind: 'note', author: { kind: 'operator', id: BRUNO }, mentions })],
    mark: null,
  });
  await touched(tab);
  await later();
  chosen.take({ ...BUILT_IN, alerts: { 3: 'none' }, directs: { [TALK.id]: 'mentions' } });
  await tab.heard(posted(attended(3, ANA), entry(2)));
  await tab.heard(said(2));
  expect(heard).toEqual([]);
  await tab.heard(said(3, [ANA]));
  expect(heard).toEqual(['knock']);
});

test('who waits for too long rings every half minute, until somebody has heard it, takes it, or looks at it', async () => {
  const focus = vi.spyOn(document, 'hasFocus').mockReturnValue(false);
  tab.hears(true);
  const end = tab.listen();
  dispatchEvent(new Event('pointerdown'));
  await later();
  const alarming = (id: number, version: number, by: number | null = null): ConsoleEvent => ({ type: 'conversation.changed', conversation: row(id, { version, alert_step: 1, acknowledged_by: by }) });
  await tab.heard(alarming(1, 2));
  expect(heard).toEqual(['bell']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard).toEqual(['bell', 'bell', 'bell']);
  focus.mockReturnValue(true);
  lookAt('conversation-1');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard).toHaveLength(3);
  lookAt(null);
  await tab.heard(alarming(2, 2));
  await tab.heard(alarming(1, 3, BRUNO));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(heard).toHaveLength(5);
  await tab.heard({ type: 'conversation.taken', id: 2, version: 3, operator: BRUNO });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard).toHaveLength(5);
  tab.knows([row(4), row(5, { alert_step: 3 })]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(heard).toHaveLength(6);
  end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard).toHaveLength(6);
});

test('a browser that allows no sound is asked again at the next press', async () => {
  allowed = false;
  await touched(tab);
  await later();
  await tab.heard(waits(1));
  expect(heard).toEqual([]);
  allowed = true;
  await touched(tab);
  await tab.heard(waits(2));
  expect(heard).toEqual(['bell']);
});
