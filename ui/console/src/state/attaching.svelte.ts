/** Files that are being chosen and sent with the next message of one conversation: the state of the dialog. */
import type { ApiProblem } from '@recado/shared/api.ts';
import { acceptOf, allowedOf } from '@recado/shared/formats.ts';
import { charactersOf, FileUpload, refusalOf, sendPart, type UploadDoor, type UploadState } from '@recado/shared/upload.ts';
import type { Attachment, FileRules, Upload } from '@recado/shared/wire.ts';
import { call, changing } from './backend.ts';
import { language } from './language.svelte.ts';
import { keepPicture } from './local-pictures.ts';

export type FileFault = 'format' | 'empty' | 'too_large' | 'too_many';

/** One file of the dialog. What the browser refuses is never begun. */
export class Attached {
  readonly key: number;
  readonly file: File;
  readonly fault: { fault: FileFault; limit: number } | null;
  /** A picture's own bytes, to show it before it has gone. */
  readonly preview: string | null;
  private readonly upload: FileUpload | null;
  state = $state<UploadState>('failed');
  sent = $state(0);
  bytesPerSecond = $state(0);
  problem = $state.raw<ApiProblem | null>(null);
  result = $state.raw<Attachment | null>(null);

  constructor(key: number, file: File, fault: Attached['fault'], door: UploadDoor) {
    this.key = key;
    this.file = file;
    this.fault = fault;
    this.preview = fault === null && file.type.startsWith('image/') ? URL.createObjectURL(file) : null;
    this.upload = fault === null ? new FileUpload(file, door, () => this.take()) : null;
    void this.upload?.start();
  }

  retry = (): void => void this.upload?.start();

  /** Lets go of it; `given` where its message has gone with it. */
  drop(given: boolean): void {
    if (given && this.result && this.preview) return keepPicture(this.result.id, this.preview);
    if (!given) this.upload?.cancel();
    if (this.preview) URL.revokeObjectURL(this.preview);
  }

  private take(): void {
    const { state, sent, bytesPerSecond, problem, result } = this.upload!;
    Object.assign(this, { state, sent, bytesPerSecond, problem, result });
  }
}

export class Attaching {
  readonly conversation: number;
  rows = $state.raw<readonly Attached[]>([]);
  caption = $state('');
  private readonly rules: FileRules;
  private readonly door: UploadDoor;
  private next = 0;

  constructor(conversation: number, rules: FileRules) {
    this.conversation = conversation;
    this.rules = rules;
    this.door = doorOf(conversation);
  }

  get formats() {
    return allowedOf(this.rules.formats);
  }

  /** How many characters of the text are left. */
  get room(): number {
    return this.rules.caption_max - charactersOf(this.caption, language.locale);
  }

  get captionMax(): number {
    return this.rules.caption_max;
  }

  /** What a file picker offers. */
  get accept(): string {
    return acceptOf(this.formats);
  }

  /** Those that can be sent now. */
  get ready(): readonly Attachment[] {
    return this.rows.flatMap((row) => row.result ?? []);
  }

  /** Those on their way. */
  get coming(): number {
    return this.rows.filter(({ state }) => state === 'sending' || state === 'waiting' || state === 'checking').length;
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const full = this.rows.filter(({ fault }) => fault === null).length >= this.rules.files_max;
      const fault = full ? ({ fault: 'too_many', limit: this.rules.files_max } as const) : refusalOf(file, this.rules);
      this.rows = [...this.rows, new Attached(this.next++, file, fault, this.door)];
    }
  }

  remove(row: Attached): void {
    this.rows = this.rows.filter((other) => other !== row);
    row.drop(false);
  }

  /** Hands out what is ready; the rest is given up. */
  take(): readonly Attachment[] {
    const ready = this.ready;
    this.clear(true);
    return ready;
  }

  clear(given = false): void {
    for (const row of this.rows) row.drop(given && row.result !== null);
    this.rows = [];
  }
}

function doorOf(conversation: number): UploadDoor {
  return {
    begin: (name, size) => call<Upload>('POST', `/conversations/${conversation}/uploads`, { name, size }),
    look: (id) => call<Upload>('GET', `/uploads/${id}`),
    part: (id, offset, part, sent, signal) =>
      sendPart(`/console/uploads/${id}?offset=${offset}`, part, changing(), sent, signal),
    cancel: (id) => call('DELETE', `/uploads/${id}`),
  };
}
