/**
 * One recording: what the microphone gives is kept piece by piece, with its length and level. It draws nothing.
 *
 * `stopped` is the only way it ends, whoever or whatever ends it: by hand, by the longest length, by a microphone that was
 * pulled out, by a page that goes. What has come until then is there.
 */
import { newClientId } from '../outbox-keep.ts';
import { hold, type Keep, type Kept } from './keep.ts';

export type RecorderState = 'asking' | 'recording' | 'paused' | 'stopped' | 'failed';
/** Why it could not begin. */
export type Obstacle = 'refused' | 'none' | 'busy' | 'insecure' | 'unable' | 'silent';
/** What happened to it while it went on: the length is reached, the microphone has gone or was taken, it is kept in memory alone. */
export type Incident = 'limit' | 'unplugged' | 'muted' | 'unkept';

/** As the browser's own, as much as is needed. */
export type Machine = Pick<MediaRecorder, 'start' | 'pause' | 'resume' | 'stop' | 'requestData' | 'mimeType' | 'state'> & {
  ondataavailable: ((event: BlobEvent) => unknown) | null;
  onstop: ((event: Event) => unknown) | null;
  onerror: ((event: Event) => unknown) | null;
};

/** The outside world, replaceable in tests. */
export interface RecorderWorld {
  readonly now: () => number;
  /** Calls back again and again, until it is called off. */
  readonly every: (ms: number, run: () => void) => () => void;
  /** Rejects as the browser does. */
  readonly listen: () => Promise<MediaStream>;
  readonly machine: (stream: MediaStream) => Machine;
  /** How loud it is at this moment, from 0 to 1. */
  readonly meter: (stream: MediaStream) => { level: () => number; close: () => void };
  /** Milliseconds of sound in it, as it is decoded; null where that cannot be said. */
  readonly measure: (sound: Blob) => Promise<number | null>;
}

export interface RecorderOptions {
  readonly place: string;
  readonly keep: Keep;
  /** The longest, in milliseconds, as it is known by now. */
  readonly maxMs: () => number;
  readonly onChange: () => void;
}

const PIECE_MS = 1_000;
const LOOK_MS = 50;
const PEAKS = 64;
/** What is shorter is a slip of the finger. */
const LEAST_MS = 500;

export class Recorder {
  state: RecorderState = 'asking';
  obstacle: Obstacle | null = null;
  incident: Incident | null = null;
  /** How loud it was, from 0 to 1, twenty times a second; what is newest stands last. */
  readonly levels: number[] = [];
  readonly id = newClientId();
  readonly #options: RecorderOptions;
  readonly #world: RecorderWorld;
  readonly #at = Date.now();
  #pieces: ArrayBuffer[] = [];
  #kept: Promise<unknown> = Promise.resolve();
  #stream: MediaStream | null = null;
  #machine: Machine | null = null;
  #meter: { level: () => number; close: () => void } | null = null;
  #rest: (() => void) | null = null;
  #free: (() => void) | null = null;
  #ms = 0;
  #since: number | null = null;
  #gone = false;
  #stopped: () => void = () => undefined;
  /** Resolves once it has stopped and all of it lies where it is kept. */
  readonly ended = new Promise<void>((done) => (this.#stopped = done));

  constructor(options: RecorderOptions, world: RecorderWorld) {
    this.#options = options;
    this.#world = world;
  }

  /** Milliseconds of sound so far. */
  get ms(): number {
    return this.#ms + (this.#since === null ? 0 : this.#world.now() - this.#since);
  }

  get leftMs(): number {
    return Math.max(0, this.#options.maxMs() - this.ms);
  }

  /** What is known of it now. */
  get about(): Kept {
    const { place } = this.#options;
    const type = this.#machine?.mimeType ?? '';
    return { id: this.id, place, type, ms: Math.round(this.ms), peaks: peaksOf(this.levels), at: this.#at, handed: false };
  }

  /** What has come so far, from memory. */
  get sound(): Blob {
    return new Blob(this.#pieces, { type: this.#machine?.mimeType ?? '' });
  }

  async start(): Promise<void> {
    try {
      const stream = await this.#world.listen();
      this.#stream = stream;
      // Given up while the browser asked.
      if (this.#gone) return this.#close();
      this.#free = await hold(this.id);
      this.#run(stream);
    } catch (problem) {
      this.#fail(obstacleOf(problem));
    }
  }

  pause(incident: Incident | null = null): void {
    if (this.state !== 'recording') return;
    this.#machine?.pause();
    this.#count();
    this.#show('paused', incident);
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.#machine?.resume();
    this.#since = this.#world.now();
    this.#show('recording');
  }

  stop(incident: Incident | null = this.incident): Promise<void> {
    if (this.state === 'recording' || this.state === 'paused') {
      this.#count();
      this.state = 'stopped';
      this.incident = incident;
      if (this.#machine!.state !== 'inactive') this.#machine!.stop();
      this.#close();
      this.#options.onChange();
    } else if (this.state === 'asking') {
      this.#gone = true;
      this.#stopped();
    }
    return this.ended;
  }

  /** Brings what the browser still holds to where it is kept: the page may go. */
  flush(): void {
    if (this.#machine?.state === 'recording') this.#machine.requestData();
  }

  /** Throws it away. */
  async discard(): Promise<void> {
    this.#gone = true;
    this.#close();
    if (this.#machine && this.#machine.state !== 'inactive') this.#machine.stop();
    await this.#kept;
    await this.#options.keep.remove(this.id).catch(() => undefined);
    this.letGo();
  }

  /** Other tabs may offer it now. */
  letGo(): void {
    this.#free?.();
    this.#free = null;
  }

  #run(stream: MediaStream): void {
    const machine = (this.#machine = this.#world.machine(stream));
    machine.ondataavailable = ({ data }) => {
      if (data.size > 0) this.#take(data);
    };
    machine.onstop = () => void this.#finish();
    machine.onerror = () => void this.stop('unplugged');
    for (const track of stream.getAudioTracks()) {
      track.onended = () => void this.stop('unplugged');
      // Another program has it, or the telephone rings.
      track.onmute = () => this.pause('muted');
    }
    this.#meter = this.#world.meter(stream);
    machine.start(PIECE_MS);
    this.#since = this.#world.now();
    this.#rest = this.#world.every(LOOK_MS, () => this.#look());
    if (!this.#options.keep.lasting) this.incident = 'unkept';
    this.#show('recording', this.incident);
  }

  #look(): void {
    if (this.state !== 'recording') return;
    this.levels.push(this.#meter!.level());
    if (this.leftMs <= 0) return void this.stop('limit');
    this.#options.onChange();
  }

  #take(data: Blob): void {
    this.#kept = this.#kept.then(async () => {
      const bytes = await data.arrayBuffer();
      const index = this.#pieces.push(bytes) - 1;
      if (this.#gone) return;
      await this.#options.keep.add(this.about, index, bytes).catch(() => {
        // Full, or taken away: it goes on in memory, and that is said.
        if (this.incident === null) this.#show(this.state, 'unkept');
      });
    });
  }

  async #finish(): Promise<void> {
    // It has ended by itself.
    if (this.state === 'recording' || this.state === 'paused') void this.stop('unplugged');
    await this.#kept;
    if (this.#gone) return;
    if (this.#pieces.length === 0 || this.ms < LEAST_MS) {
      await this.#options.keep.remove(this.id).catch(() => undefined);
      this.#fail('silent');
    } else {
      // The clock here and the microphone do not begin and end together: as long as the server will find it to be.
      this.#ms = (await this.#world.measure(this.sound)) ?? this.#ms;
      await this.#options.keep.put(this.about).catch(() => undefined);
    }
    this.#stopped();
    this.#options.onChange();
  }

  #count(): void {
    this.#ms = this.ms;
    this.#since = null;
  }

  #close(): void {
    this.#rest?.();
    this.#meter?.close();
    this.#rest = this.#meter = null;
    for (const track of this.#stream?.getTracks() ?? []) {
      track.onended = track.onmute = null;
      track.stop();
    }
    this.#stream = null;
  }

  #fail(obstacle: Obstacle): void {
    this.obstacle = obstacle;
    this.#close();
    this.letGo();
    this.#stopped();
    this.#show('failed');
  }

  #show(state: RecorderState, incident: Incident | null = null): void {
    this.state = state;
    this.incident = incident;
    if (!this.#gone) this.#options.onChange();
  }
}

const NAMES: Record<string, Obstacle> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotReadableError: 'busy',
  AbortError: 'busy',
  Insecure: 'insecure',
};

function obstacleOf(problem: unknown): Obstacle {
  return NAMES[(problem as { name?: string }).name ?? ''] ?? 'unable';
}

/** The loudest of each of 64 stretches, from 0 to 100, so that a quiet voice is seen, too. */
export function peaksOf(levels: readonly number[]): number[] {
  if (levels.length === 0) return Array<number>(PEAKS).fill(0);
  const most = Math.max(0.05, ...levels);
  return Array.from({ length: PEAKS }, (_, index) => {
    const [from, to] = [index, index + 1].map((at) => Math.floor((at * levels.length) / PEAKS));
    return Math.round((Math.max(...levels.slice(from, Math.max(to!, from! + 1))) / most) * 100);
  });
}
