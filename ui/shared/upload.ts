/**
 * A file on its way to the server: announced, sent in parts, gone on with where a lost connection cut it.
 *
 * Parts are smaller than what a proxy passes on without being asked to. Where nobody knows what has come, the server is
 * asked; it counts what lies there.
 */
import { ApiProblem } from './api.ts';
import { newClientId } from './outbox-keep.ts';
import type { Attachment, FileRules, Upload } from './wire.ts';

export const PART_BYTES = 1_000_000;
const LONGEST_PAUSE_MS = 15_000;

/** `waiting`: the connection is lost, it goes on by itself; `checking`: all has come and is being looked at. */
export type UploadState = 'sending' | 'waiting' | 'checking' | 'ready' | 'failed';

/** How a file is announced: as often as it takes, under one id, it is the same one. */
export interface Announced {
  readonly name: string;
  readonly size: number;
  readonly client_id: string;
}

/** How one side speaks to its door. Each throws `ApiProblem` alone. */
export interface UploadDoor {
  readonly begin: (file: Announced) => Promise<Upload>;
  readonly look: (id: string) => Promise<Upload>;
  readonly part: (id: string, offset: number, part: Blob, sent: (bytes: number) => void, signal: AbortSignal) => Promise<Upload>;
  readonly cancel: (id: string) => Promise<unknown>;
}

/** The outside world, replaceable in tests. */
export interface UploadWorld {
  readonly now: () => number;
  /** Resolves after so long, or earlier where the connection is back. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export class FileUpload {
  state: UploadState = 'sending';
  /** Bytes that have gone, as far as is known here. */
  sent = 0;
  /** Of the last stretch without a cut. */
  bytesPerSecond = 0;
  problem: ApiProblem | null = null;
  result: Attachment | null = null;
  readonly file: File;
  readonly #door: UploadDoor;
  readonly #world: UploadWorld;
  readonly #onChange: () => void;
  readonly #clientId = newClientId();
  #id: string | null = null;
  #stop = new AbortController();
  #cancelled = false;
  #failures = 0;
  #began = { at: 0, sent: 0 };

  /** `id`: what came of it before lies there under this. */
  constructor(file: File, door: UploadDoor, onChange: () => void, world: UploadWorld = browserWorld, id: string | null = null) {
    this.file = file;
    this.#door = door;
    this.#onChange = onChange;
    this.#world = world;
    this.#id = id;
  }

  /** Its name at the server, once it has one. */
  get id(): string | null {
    return this.#id;
  }

  /** Sends it, until it is there, refused, or given up. */
  start = async (): Promise<void> => {
    const stop = (this.#stop = new AbortController());
    this.problem = null;
    this.#show('sending');
    while (!stop.signal.aborted) {
      try {
        await this.#go(stop.signal);
        return;
      } catch (error) {
        if (stop.signal.aborted) return;
        if (!(await this.#goesOn(error, stop.signal))) return;
      }
    }
  };

  /** Lets it lie where it is: `start` goes on. */
  rest(): void {
    this.#stop.abort();
  }

  /** Gives it up; what has come of it goes. */
  cancel(): void {
    this.#cancelled = true;
    this.rest();
    this.#giveUp();
  }

  /** Where it has no name yet, that comes with the answer to its beginning. */
  #giveUp(): void {
    if (this.#cancelled && this.#id !== null) void this.#door.cancel(this.#id).catch(() => undefined);
  }

  async #go(signal: AbortSignal): Promise<void> {
    let upload = await (this.#id === null ? this.#begin() : this.#door.look(this.#id));
    this.#began = { at: this.#world.now(), sent: upload.offset };
    // An empty part at the end lets the server look again at what it could not look at before.
    while (upload.file === null && !signal.aborted) {
      const offset = upload.offset;
      const part = this.file.slice(offset, offset + PART_BYTES);
      this.#moved(offset);
      upload = await this.#door.part(upload.id, offset, part, (bytes) => this.#moved(offset + bytes), signal);
      this.#failures = 0;
    }
    if (signal.aborted) return;
    this.sent = this.file.size;
    this.result = upload.file;
    this.#show('ready');
  }

  async #begin(): Promise<Upload> {
    const { name, size } = this.file;
    const upload = await this.#door.begin({ name, size, client_id: this.#clientId });
    this.#id = upload.id;
    this.#giveUp();
    return upload;
  }

  #moved(sent: number): void {
    const seconds = (this.#world.now() - this.#began.at) / 1000;
    this.sent = sent;
    if (seconds > 0.2) this.bytesPerSecond = (sent - this.#began.sent) / seconds;
    this.#show(sent >= this.file.size ? 'checking' : 'sending');
  }

  /** Whether to try again, after a pause. */
  async #goesOn(error: unknown, signal: AbortSignal): Promise<boolean> {
    const problem = error instanceof ApiProblem ? error : new ApiProblem(0, 'offline');
    const again = problem.passing || ['scanner_away', 'wrong_offset', 'unauthenticated'].includes(problem.code);
    this.problem = problem;
    // What has gone there is not looked for once more.
    if (problem.code === 'not_found') this.#id = null;
    this.#show(again ? 'waiting' : 'failed');
    if (!again) return false;
    const pause = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.#failures++);
    await this.#world.pause(problem.retryAfter === null ? pause : problem.retryAfter * 1000, signal);
    this.problem = null;
    return true;
  }

  #show(state: UploadState): void {
    this.state = state;
    this.#onChange();
  }
}

/** Why a file is not even begun, by what the browser knows of it; null where nothing is against it. */
export function refusalOf(file: File, rules: FileRules): { fault: 'format' | 'empty' | 'too_large'; limit: number } | null {
  const ending = file.name.slice(file.name.lastIndexOf('.') + 1).toLowerCase();
  const rule = rules.formats.find((one) => one.max_bytes !== null && one.endings.includes(ending));
  if (!rule?.max_bytes) return { fault: 'format', limit: 0 };
  if (file.size === 0) return { fault: 'empty', limit: 0 };
  return file.size > rule.max_bytes ? { fault: 'too_large', limit: rule.max_bytes } : null;
}

/** How many characters a text has as people count them. */
export function charactersOf(text: string, locale?: string): number {
  if (!('Segmenter' in Intl)) return [...text].length;
  return [...new Intl.Segmenter(locale).segment(text)].length;
}

/** Sends one part; `sent` is told how much of it has gone. Only `XMLHttpRequest` tells that. */
export function sendPart(
  path: string,
  part: Blob,
  headers: Readonly<Record<string, string>>,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Upload> {
  return new Promise((done, failed) => {
    const line = new XMLHttpRequest();
    line.open('PATCH', `/api/v1${path}`);
    for (const [name, value] of Object.entries(headers)) line.setRequestHeader(name, value);
    line.setRequestHeader('content-type', 'application/offset+octet-stream');
    line.timeout = 120_000;
    line.upload.onprogress = (event) => sent(event.loaded);
    line.onload = () => (line.status < 300 ? done(JSON.parse(line.responseText) as Upload) : failed(problemOf(line)));
    line.onerror = line.ontimeout = () => failed(new ApiProblem(0, 'offline'));
    line.onabort = () => failed(new ApiProblem(0, 'aborted'));
    signal.addEventListener('abort', () => line.abort(), { once: true });
    line.send(part);
  });
}

function problemOf(line: XMLHttpRequest): ApiProblem {
  const wait = Number(line.getResponseHeader('retry-after'));
  try {
    const { code, ...extra } = JSON.parse(line.responseText) as Record<string, unknown>;
    return new ApiProblem(line.status, String(code), [], extra, wait > 0 ? wait : null);
  } catch {
    return new ApiProblem(line.status, line.status >= 500 ? 'unknown' : 'invalid', [], {}, wait > 0 ? wait : null);
  }
}

const browserWorld: UploadWorld = {
  now: () => performance.now(),
  pause: (ms, signal) =>
    new Promise((done) => {
      const over = (): void => {
        clearTimeout(timer);
        removeEventListener('online', over);
        done();
      };
      const timer = setTimeout(over, ms);
      addEventListener('online', over);
      signal.addEventListener('abort', over, { once: true });
    }),
};
