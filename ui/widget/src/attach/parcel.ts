/** The files that are being chosen and uploaded for one message, with its text. Nothing here draws. */
import { ApiProblem } from '@recado/shared/api.ts';
import { acceptOf } from '@recado/shared/formats.ts';
import { charactersOf, FileUpload, refusalOf, sendPart, type UploadDoor, type UploadState } from '@recado/shared/upload.ts';
import type { Attachment, FileRules, Upload } from '@recado/shared/wire.ts';
import type { Session } from '../frame/session.ts';

const ASK_AGAIN_MS = 3_000;

export interface Fault {
  readonly fault: 'format' | 'empty' | 'too_large' | 'too_many' | 'gone';
  readonly limit: number;
}

/** One file: chosen just now, `given` back by a message that did not go, or left by a page that has gone. */
export class Row {
  fault: Fault | null = null;
  upload: FileUpload | null = null;
  readonly file: File | null;
  readonly given: Attachment | null;
  readonly #called: string;

  /** `called`: of one that nobody has any more. */
  constructor(file: File | null, given: Attachment | null = null, called = '') {
    this.file = file;
    this.given = given;
    this.#called = called;
  }

  get name(): string {
    return this.file?.name ?? this.given?.name ?? this.#called;
  }

  get size(): number {
    return this.file?.size ?? this.given?.size ?? 0;
  }

  /** Its name at the server, once it has one. */
  get id(): string | null {
    return this.upload ? this.upload.id : (this.given?.id ?? null);
  }

  get result(): Attachment | null {
    return this.upload ? this.upload.result : this.given;
  }

  /** `refused`: never begun. */
  get state(): UploadState | 'refused' {
    if (this.fault) return 'refused';
    return this.upload?.state ?? (this.given ? 'ready' : 'waiting');
  }

  /** On its way, by itself. */
  get coming(): boolean {
    return ['sending', 'waiting', 'checking'].includes(this.state);
  }
}

export class Parcel {
  rows: readonly Row[] = [];
  caption = '';
  /** Null until the server has said which files may be sent: what is chosen waits for that. */
  rules: FileRules | null = null;
  /** It could not be asked yet. */
  away = false;
  readonly #door: UploadDoor;
  readonly #ask: () => Promise<FileRules>;
  readonly #changed: () => void;
  #over = false;

  constructor(door: UploadDoor, ask: () => Promise<FileRules>, changed: () => void) {
    this.#door = door;
    this.#ask = ask;
    this.#changed = changed;
    void this.#learn();
  }

  get accept(): string {
    return this.rules ? acceptOf(this.rules.formats.filter((one) => one.max_bytes !== null)) : '';
  }

  get length(): number {
    return charactersOf(this.caption.trim());
  }

  /** By how many characters the text is too long; 0 where it is not. */
  get excess(): number {
    return this.rules ? Math.max(0, this.length - this.rules.caption_max) : 0;
  }

  get coming(): boolean {
    return this.rows.some((row) => row.coming);
  }

  get failed(): boolean {
    return this.rows.some(({ state }) => state === 'failed');
  }

  /** Those that can go now. */
  get ready(): readonly Attachment[] {
    return this.rows.flatMap(({ result, fault }) => (fault ? [] : (result ?? [])));
  }

  /** Those that have come, or may yet; also one that came before and is too many now. */
  get good(): readonly Row[] {
    return this.rows.filter((row) => row.coming || row.state === 'ready' || row.given !== null);
  }

  add(rows: readonly Row[]): void {
    this.rows = [...this.rows, ...rows];
    this.#begin();
  }

  remove(row: Row): void {
    this.#giveUp(row);
    this.rows = this.rows.filter((other) => other !== row);
    this.#makeRoom();
  }

  /** Nobody looks at them any more: what was refused goes, what is on its way goes on. */
  tidy(): void {
    for (const { state, upload } of this.rows) if (state === 'failed') upload?.cancel();
    this.rows = this.good;
  }

  /** Done with: what goes along has `gone`, the rest is given up. */
  end(gone: boolean): void {
    this.#over = true;
    for (const row of this.rows) if (!gone || row.state !== 'ready') this.#giveUp(row);
  }

  /** Also what this page never had the bytes of. */
  #giveUp({ upload, given }: Row): void {
    if (upload) upload.cancel();
    else if (given) void this.#door.cancel(given.id).catch(() => undefined);
  }

  async #learn(): Promise<void> {
    while (!this.#over && this.rules === null) {
      this.rules = await this.#ask().catch(() => null);
      this.away = this.rules === null;
      this.#changed();
      if (this.away) await new Promise((passed) => setTimeout(passed, ASK_AGAIN_MS));
    }
    this.#begin();
  }

  #begin(): void {
    if (this.rules && !this.#over) for (const row of this.rows) this.#judge(row, this.rules);
    this.#changed();
  }

  /** One that was too many may fit now. */
  #makeRoom(): void {
    for (const one of this.rows) if (one.fault?.fault === 'too_many') one.fault = null;
    this.#begin();
  }

  #judge(row: Row, rules: FileRules): void {
    if (row.fault || row.upload) return;
    // What was refused keeps nobody's place.
    const before = this.rows.slice(0, this.rows.indexOf(row)).filter(({ fault, state }) => fault === null && state !== 'failed');
    if (before.length >= rules.files_max) row.fault = { fault: 'too_many', limit: rules.files_max };
    else if (row.given) return;
    else row.fault = row.file ? refusalOf(row.file, rules) : { fault: 'gone', limit: 0 };
    if (row.fault || !row.file) return;
    row.upload = new FileUpload(row.file, this.#door, () => (row.state === 'failed' ? this.#makeRoom() : this.#changed()));
    void row.upload.start();
  }
}

/** A visitor's way in. Without a conversation: it goes with the message, into whichever one that comes to. */
export function doorOf(session: Session): UploadDoor {
  return {
    begin: (file) => session.request<Upload>('POST', '/uploads', file),
    look: (id) => session.request<Upload>('GET', `/uploads/${id}`),
    part: async (id, offset, part, sent, signal) => {
      const headers = { authorization: `Bearer ${await session.token()}` };
      return sendPart(`/widget/uploads/${id}?offset=${offset}`, part, headers, sent, signal).catch((problem: unknown) => {
        if (problem instanceof ApiProblem && problem.status === 401) session.expire();
        throw problem;
      });
    },
    cancel: (id) => session.request('DELETE', `/uploads/${id}`),
  };
}
