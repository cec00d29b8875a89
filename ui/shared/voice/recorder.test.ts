import { Blob as WholeBlob } from 'node:buffer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Keep, Kept } from './keep.ts';
import { peaksOf, Recorder, type Machine, type RecorderWorld } from './recorder.ts';

let time: number;
let look: () => void;
let machine: Machine & { pieces: number };
let track: { onended: (() => void) | null; onmute: (() => void) | null; stop: () => void; stopped: boolean };
let kept: Map<string, { about: Kept; pieces: number }>;
let full: boolean;
let refusal: string | null;
let measured: number | null;

beforeEach(() => {
  vi.stubGlobal('Blob', WholeBlob);
  vi.stubGlobal('navigator', {});
  [time, kept, full, refusal, measured] = [0, new Map(), false, null, null];
  track = { onended: null, onmute: null, stopped: false, stop: () => (track.stopped = true) };
});
afterEach(() => vi.unstubAllGlobals());

const keep = {
  lasting: true,
  put: async (about: Kept) => void kept.set(about.id, { about, pieces: kept.get(about.id)?.pieces ?? 0 }),
  add: async (about: Kept, index: number) => {
    if (full) throw new DOMException('', 'QuotaExceededError');
    kept.set(about.id, { about, pieces: index + 1 });
  },
  remove: async (id: string) => void kept.delete(id),
} as unknown as Keep;

/** As a browser's: a piece whenever it is asked for, and one at the end. */
function make(): Machine {
  const piece = (): void => void machine.ondataavailable?.({ data: new WholeBlob(['x']) } as unknown as BlobEvent);
  machine = {
    pieces: 0,
    state: 'inactive',
    mimeType: 'audio/webm;codecs=opus',
    ondataavailable: null,
    onstop: null,
    onerror: null,
    start: () => Object.assign(machine, { state: 'recording' }),
    pause: () => Object.assign(machine, { state: 'paused' }),
    resume: () => Object.assign(machine, { state: 'recording' }),
    requestData: piece,
    stop: () => {
      Object.assign(machine, { state: 'inactive' });
      piece();
      machine.onstop?.(new Event('stop'));
    },
  };
  return machine;
}

const world: RecorderWorld = {
  now: () => time,
  every: (_, run) => {
    look = run;
    return () => (look = () => undefined);
  },
  listen: async () => {
    if (refusal) throw new DOMException('', refusal);
    return { getAudioTracks: () => [track], getTracks: () => [track] } as unknown as MediaStream;
  },
  machine: make,
  measure: () => Promise.resolve(measured),
  meter: () => ({ level: () => 0.5, close: () => undefined }),
};

async function begin(maxMs = 60_000): Promise<Recorder> {
  const recorder = new Recorder({ place: 'here', keep, maxMs: () => maxMs, onChange: () => undefined }, world);
  await recorder.start();
  return recorder;
}

const pass = (ms: number): void => {
  time += ms;
  look();
};

test('what is paused does not count, and all of it is kept when it has stopped', async () => {
  const recorder = await begin();
  pass(2_000);
  recorder.pause();
  pass(30_000);
  expect([recorder.state, recorder.ms]).toEqual(['paused', 2_000]);
  recorder.resume();
  pass(1_500);
  await recorder.stop();
  expect([recorder.state, recorder.ms, track.stopped]).toEqual(['stopped', 3_500, true]);
  expect(kept.get(recorder.id)).toMatchObject({ about: { ms: 3_500, place: 'here', handed: false }, pieces: 1 });
  expect(recorder.about.peaks).toHaveLength(64);
});

test('it is as long as its sound is, where that can be measured', async () => {
  measured = 3_420;
  const recorder = await begin();
  pass(3_500);
  await recorder.stop();
  expect([recorder.about.ms, kept.get(recorder.id)]).toMatchObject([3_420, { about: { ms: 3_420 } }]);
});

test('each piece is kept as it comes, before it is stopped', async () => {
  const recorder = await begin();
  pass(1_000);
  recorder.flush();
  pass(1_000);
  recorder.flush();
  await vi.waitFor(() => expect(kept.get(recorder.id)).toMatchObject({ pieces: 2, about: { ms: 2_000 } }));
});

test('the longest length ends it, and it is kept', async () => {
  const recorder = await begin(3_000);
  pass(3_000);
  await recorder.ended;
  expect([recorder.state, recorder.incident]).toEqual(['stopped', 'limit']);
  expect(kept.size).toBe(1);
});

test('a microphone that is pulled out ends it, and it is kept up to there', async () => {
  const recorder = await begin();
  pass(2_000);
  track.onended!();
  await recorder.ended;
  expect([recorder.state, recorder.incident, kept.size]).toEqual(['stopped', 'unplugged', 1]);
});

test('another program that takes the microphone pauses it', async () => {
  const recorder = await begin();
  pass(1_000);
  track.onmute!();
  expect([recorder.state, recorder.incident]).toEqual(['paused', 'muted']);
  recorder.resume();
  expect([recorder.state, recorder.incident]).toEqual(['recording', null]);
});

test('where nothing more can be kept it goes on in memory, and says so', async () => {
  const recorder = await begin();
  full = true;
  pass(1_000);
  recorder.flush();
  await vi.waitFor(() => expect(recorder.incident).toBe('unkept'));
  await recorder.stop();
  expect([recorder.state, recorder.incident, recorder.sound.size]).toEqual(['stopped', 'unkept', 2]);
});

test.each([
  ['NotAllowedError', 'refused'],
  ['NotFoundError', 'none'],
  ['NotReadableError', 'busy'],
  ['TypeError', 'unable'],
])('that it cannot begin is told: %s', async (name, obstacle) => {
  refusal = name;
  const recorder = await begin();
  expect([recorder.state, recorder.obstacle]).toEqual(['failed', obstacle]);
  await recorder.ended;
});

test('a slip of the finger leaves nothing', async () => {
  const recorder = await begin();
  pass(200);
  await recorder.stop();
  expect([recorder.state, recorder.obstacle, kept.size]).toEqual(['failed', 'silent', 0]);
});

test('what is thrown away is gone from where it was kept', async () => {
  const recorder = await begin();
  pass(1_000);
  recorder.flush();
  await vi.waitFor(() => expect(kept.size).toBe(1));
  await recorder.discard();
  expect([kept.size, track.stopped]).toEqual([0, true]);
});

test('given up while the browser asks, the microphone is let go at once', async () => {
  const recorder = new Recorder({ place: 'here', keep, maxMs: () => 1_000, onChange: () => undefined }, world);
  const starting = recorder.start();
  await recorder.stop();
  await starting;
  expect([track.stopped, kept.size]).toEqual([true, 0]);
});

test('peaks are 64 whole numbers up to 100, the loudest of each stretch, also of a quiet voice', () => {
  expect(peaksOf([])).toEqual(Array(64).fill(0));
  const peaks = peaksOf(Array.from({ length: 128 }, (_, at) => (at === 5 ? 0.2 : 0.1)));
  expect(peaks).toHaveLength(64);
  expect([peaks[2], peaks[3]]).toEqual([100, 50]);
});
