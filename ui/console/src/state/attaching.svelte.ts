/** Files that are being chosen and sent for the next message or note of one conversation: what the dialog shows. */
import type { ApiProblem } from '@recado/shared/api.ts';
import { acceptOf, allowedOf } from '@recado/shared/formats.ts';
import { charactersOf, FileUpload, refusalOf, sendPart, type UploadDoor, type UploadState } from '@recado/shared/upload.ts';
import type { Attachment, FileRules, Mode, Upload } from '@recado/shared/wire.ts';
import { call, changing } from './backend.ts';
import { cutShort } from './cut-short.svelte.ts';
import { captionOf, placeOf, type Place } from './draft-shelf.ts';
import type { Drafts } from './drafts.svelte.ts';
import { language } from './language.svelte.ts';
import { keepPicture } from './local-pictures.ts';
import { pathOf } from './owners.ts';

export type FileFault = 'format' | 'empty' | 'too_large' | 'too_many';

/** One file that has not come whole. What the browser refuses is never begun. */
export class Attached {
  readonly key: number;
  readonly file: File;
  readonly fault: { fault: FileFault; limit: number } | null;
  /** A picture's own bytes, to show it before it has gone. */
  readonly preview: string | null;
  private readonly upload: FileUpload | null;
  private readonly onReady: (row: Attached, file: Attachment) => void;
  state = $state<UploadState>('failed');
  sent = $state(0);
  bytesPerSecond = $state(0);
  problem = $state.raw<ApiProblem | null>(null);

  constructor(key: number, file: File, fault: Attached['fault'], door: UploadDoor, onReady: Attached['onReady']) {
    this.key = key;
    this.file = file;
    this.fault = fault;
    this.onReady = onReady;
    this.preview = fault === null && file.type.startsWith('image/') ? URL.createObjectURL(file) : null;
    this.upload = fault === null ? new FileUpload(file, door, () => this.take()) : null;
    void this.upload?.start();
  }

  retry = (): void => void this.upload?.start();

  /** Lets go of it. */
  drop(): void {
    this.upload?.cancel();
    if (this.preview) URL.revokeObjectURL(this.preview);
  }

  private take(): void {
    const { state, sent, bytesPerSecond, problem, result } = this.upload!;
    Object.assign(this, { state, sent, bytesPerSecond, problem });
    if (result === null) return;
    if (this.preview) keepPicture(result.id, this.preview);
    this.onReady(this, result);
  }
}

/** What a list of files is made of: one that is there, or one that is not yet. */
export type FileRow = { key: number | string } & ({ file: Attachment } | { upload: Attached });

/** Files on their way to somewhere: which ones are allowed, and how far each is. */
export class Sending {
  /** Of the draft that they are for. */
  readonly place: Place | null;
  uploads = $state.raw<readonly Attached[]>([]);
  private readonly rules: FileRules;
  private readonly door: UploadDoor;
  private readonly onReady: (file: Attachment) => void;
  /** In which order those that have come were begun. */
  private readonly begun = new Map<string, number>();
  private next = 0;
  private begins: Promise<unknown> = Promise.resolve();

  constructor(rules: FileRules, door: UploadDoor, onReady: (file: Attachment) => void, place: Place | null = null) {
    this.rules = rules;
    this.place = place;
    this.door = { ...door, begin: (file) => this.inTurn(() => door.begin(file)) };
    this.onReady = onReady;
  }

  get formats() {
    return allowedOf(this.rules.formats);
  }

  /** What a file picker offers. */
  get accept(): string {
    return acceptOf(this.formats);
  }

  /** Those on their way. */
  get coming(): readonly Attached[] {
    return this.uploads.filter(({ state }) => state === 'sending' || state === 'waiting' || state === 'checking');
  }

  /** Those that are not taken, or could not be brought there. */
  get refused(): readonly Attached[] {
    return this.uploads.filter(({ fault, state }) => fault !== null || state === 'failed');
  }

  /** How much of them has come, of all their bytes: from 0 to 100. */
  get percent(): number {
    const [sent, all] = this.coming.reduce(([sent, all], row) => [sent + row.sent, all + row.file.size], [0, 0]);
    return all === 0 ? 0 : Math.floor((100 * sent) / all);
  }

  get captionMax(): number {
    return this.rules.caption_max;
  }

  /** `there`: how many there are beside them. */
  add(files: Iterable<File>, there: number): void {
    cutShort.watch(this);
    for (const file of files) this.uploads = [...this.uploads, this.made(this.next++, file, this.isFull(there))];
  }

  /** One that was too many is begun once there is room for it. */
  makeRoom(there: number): void {
    for (const row of this.uploads)
      if (row.fault?.fault === 'too_many' && !this.isFull(there))
        this.uploads = this.uploads.map((other) => (other === row ? this.made(row.key, row.file, false) : other));
  }

  /** What was refused keeps nobody's place. */
  private isFull(there: number): boolean {
    return there + this.uploads.filter(({ fault, state }) => fault === null && state !== 'failed').length >= this.rules.files_max;
  }

  private made(key: number, file: File, full: boolean): Attached {
    const fault = full ? ({ fault: 'too_many', limit: this.rules.files_max } as const) : refusalOf(file, this.rules);
    return new Attached(key, file, fault, this.door, this.arrived);
  }

  private readonly arrived = (row: Attached, file: Attachment): void => {
    this.begun.set(file.id, row.key);
    this.uploads = this.uploads.filter((other) => other !== row);
    this.onReady(file);
  };

  /** One after the other: a message has its files in the order in which the server heard of them. */
  private inTurn(begin: () => Promise<Upload>): Promise<Upload> {
    const begun = this.begins.then(begin);
    this.begins = begun.catch(() => {});
    return begun;
  }

  /** Where among the files of this page one stands that has come; -1 for those of others. */
  readonly rank = (id: string): number => this.begun.get(id) ?? -1;

  remove(row: Attached): void {
    this.uploads = this.uploads.filter((other) => other !== row);
    row.drop();
  }

  /** Nobody looks at them any more: what was refused goes, what is on its way goes on. */
  tidy(): void {
    for (const row of this.uploads) if (row.state === 'failed') this.remove(row);
  }

  clear(): void {
    for (const row of this.uploads) this.remove(row);
  }

  /** What is there and what is not yet, in the order in which it was begun. */
  rows(there: readonly Attachment[]): FileRow[] {
    const rows: FileRow[] = [
      ...there.map((file) => ({ key: this.begun.get(file.id) ?? file.id, file })),
      ...this.uploads.map((upload) => ({ key: upload.key, upload })),
    ];
    const place = ({ key }: FileRow): number => (typeof key === 'number' ? key : -1);
    return rows.sort((a, b) => place(a) - place(b));
  }
}

/** Those of a draft. */
export class Attaching extends Sending {
  readonly conversation: number;
  readonly mode: Mode;
  private readonly drafts: Drafts;

  constructor(conversation: number, mode: Mode, rules: FileRules, drafts: Drafts) {
    const door = doorOf((file) => call<Upload>('POST', `${pathOf(conversation)}/uploads`, { ...file, mode }));
    super(rules, door, (file) => drafts.files.add(conversation, mode, file, this.rank), placeOf(conversation, mode));
    this.conversation = conversation;
    this.mode = mode;
    this.drafts = drafts;
  }

  override add(files: Iterable<File>, there: number): void {
    const chosen = [...files];
    cutShort.forget(this.conversation, this.mode, chosen.map(({ name }) => name));
    super.add(chosen, there);
  }

  get caption(): string {
    return this.drafts.get(this.conversation, captionOf(this.mode));
  }

  set caption(text: string) {
    this.drafts.set(this.conversation, text, captionOf(this.mode));
  }

  /** How many characters more than these may go beside them. */
  roomBeside(words: string): number {
    return this.captionMax - charactersOf(words, language.locale);
  }
}

export function doorOf(begin: UploadDoor['begin']): UploadDoor {
  return {
    begin,
    look: (id) => call<Upload>('GET', `/uploads/${id}`),
    part: (id, offset, part, sent, signal) =>
      sendPart(`/console/uploads/${id}?offset=${offset}`, part, changing(), sent, signal),
    cancel: (id) => call('DELETE', `/uploads/${id}`),
  };
}
