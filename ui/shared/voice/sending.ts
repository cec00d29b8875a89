/**
 * A recording on its way: uploaded when the turn of its message comes, and gone from here once the server has that message.
 *
 * Its message lies in the outbox under the same id, with what is shown of it in the place of its file; the outbox knows of
 * order, of other tabs and of when to try again. Nothing here waits for a connection.
 */
import { ApiProblem } from '../api.ts';
import { FileUpload, type UploadDoor } from '../upload.ts';
import type { Attachment } from '../wire.ts';
import { fileNameOf } from './browser.ts';
import { openKeep, type Kept } from './keep.ts';
import { tell } from './progress.ts';

const OF_THE_FILE = ['wrong_file', 'file_too_large', 'quota', 'no_space'];

/** Uploads that were begun, by the recording's id: what was cut goes on where it was. */
const ways = new Map<string, Way>();
/** The sound of what was sent from this page, by the ids of recordings and of the files that came of them. */
const heard = new Map<string, string>();

/** What this page has recorded, all of it, also where not all could be kept. */
const lent = new Map<string, { about: Kept; sound: Blob }>();
let changes: Promise<void> = Promise.resolve();

/** Hands over what was recorded here, with all that is in memory of it. */
export const lend = (about: Kept, sound: Blob): void => void lent.set(about.id, { about, sound });

/** What is shown in the place of the file until there is one. */
export function standIn({ id, type, ms, peaks, at }: Kept): Attachment {
  const name = fileNameOf(type, at);
  return { id, name, type: type.split(';')[0]!, size: 0, width: null, height: null, thumbnail: false, sound: { ms, peaks: [...peaks] } };
}

/** Where a recording or what came of it is heard from without asking the server; null where it does not lie here. */
export async function localSound(id: string): Promise<string | null> {
  const known = heard.get(id);
  if (known) return known;
  const found = await find(id);
  if (!found) return null;
  const address = URL.createObjectURL(found.sound);
  heard.set(id, address);
  return address;
}

/**
 * Uploads it and sends its message by `post`, which is told the file. Where the message has arrived already with another one,
 * because two tabs have raced, it ends with what `elsewhere` gives.
 *
 * Which file it goes with is kept before it goes. Where no answer has come, also after a reload, the same message goes once
 * more: the server knows it by its id and answers with what it has stored, though that file can go into no other one.
 */
export async function deliver<T>(
  id: string,
  door: UploadDoor,
  post: (file: string) => Promise<T>,
  elsewhere: () => Promise<T>,
): Promise<T> {
  const file = (await find(id))?.about.posted ?? (await chosen(id, (await give(id, door)).id, door));
  const answer = await post(file).catch(async (problem: unknown) => {
    if (!(problem instanceof ApiProblem)) throw problem;
    if (problem.errors.some(({ field, code }) => field === 'attachments' && code === 'unknown')) {
      await anew(id, file);
      throw new ApiProblem(0, 'busy');
    }
    // It says that something of the sender's is stored under the id: it can be nothing but this recording.
    if (problem.code !== 'client_id_reused') throw problem;
    void door.cancel(file).catch(() => undefined);
    return elsewhere();
  });
  void arrived(id);
  return answer;
}

/** Notes that it goes with this file; where another tab has noted one meanwhile, it goes with that one. */
async function chosen(id: string, file: string, door: UploadDoor): Promise<string> {
  const other = (await find(id))?.about.posted;
  if (!other) await change(id, () => ({ posted: file }));
  else if (other !== file) void door.cancel(file).catch(() => undefined);
  return other ?? file;
}

/** Uploads it; throws `ApiProblem` where it is refused (by `problem`, which is told), cut, or no longer there. */
export async function give(id: string, door: UploadDoor): Promise<Attachment> {
  const found = await find(id);
  if (!found) throw refused(id, 'gone');
  const address = await localSound(id);
  const way = ways.get(id) ?? new Way(found.about, found.sound, door);
  ways.set(id, way);
  const file = await way.go();
  if (address) heard.set(file.id, address);
  return file;
}

/** The server has its message. */
export async function arrived(id: string): Promise<void> {
  ways.delete(id);
  lent.delete(id);
  await changes;
  await (await openKeep()).remove(id).catch(() => undefined);
}

/** The file has waited too long at the server: the next time it is uploaded anew. */
async function anew(id: string, file: string): Promise<void> {
  ways.delete(id);
  // Another tab may have gone on meanwhile.
  await change(id, ({ posted }) => (posted === file ? { upload: null, posted: null } : {}));
}

/** It is not sent after all: whoever looks for it next is asked what becomes of it. */
export async function handBack(id: string): Promise<void> {
  await change(id, () => ({ handed: false, problem: null }));
}

async function find(id: string): Promise<{ about: Kept; sound: Blob } | null> {
  const keep = await openKeep();
  const about = await keep.find(id).catch(() => null);
  const here = lent.get(id);
  if (here) return { ...here, about: about ?? here.about };
  return about && { about, sound: await keep.sound(about) };
}

/** One after the other: none undoes what another has just changed. */
function change(id: string, to: (was: Kept) => Partial<Kept>): Promise<void> {
  return (changes = changes.then(async () => {
    const here = lent.get(id);
    if (here) lent.set(id, { ...here, about: { ...here.about, ...to(here.about) } });
    await (await openKeep()).change(id, to).catch(() => undefined);
  }));
}

/** One recording's upload, which a cut interrupts. */
class Way {
  readonly #about: Kept;
  #upload: FileUpload;
  #door: UploadDoor;
  #lost: (why: ApiProblem) => void = () => undefined;
  #known: string | null;

  constructor(about: Kept, sound: Blob, door: UploadDoor) {
    const name = fileNameOf(about.type, about.at);
    this.#about = about;
    this.#known = about.upload ?? null;
    this.#door = door;
    this.#upload = this.#begin(new File([sound], name, { type: about.type }), this.#known);
  }

  async go(): Promise<Attachment> {
    const cut = new Promise<'cut'>((done) => (this.#lost = () => done('cut')));
    if ((await Promise.race([this.#upload.start(), cut])) === 'cut') {
      this.#upload.rest();
      const { problem } = this.#upload;
      // A scanner that is away is no refusal either.
      throw problem!.passing || problem!.code === 'unauthenticated' ? problem! : new ApiProblem(0, 'busy', [], {}, problem!.retryAfter);
    }
    const { result, problem } = this.#upload;
    if (result) return result;
    if (problem!.status === 404 && this.#known !== null) {
      // What lay there has gone: once more from the beginning.
      this.#known = null;
      this.#upload = this.#begin(this.#upload.file, null);
      return this.go();
    }
    ways.delete(this.#about.id);
    // It is not the recording that is refused: nothing may be sent there any more.
    if (!OF_THE_FILE.includes(problem!.code)) throw problem!;
    throw refused(this.#about.id, codeOf(problem!));
  }

  #begin(file: File, id: string | null): FileUpload {
    return new FileUpload(file, this.#door, () => this.#changed(), undefined, id);
  }

  #changed(): void {
    const { id } = this.#about;
    const { state, sent, file, problem, id: lies } = this.#upload;
    if (state === 'sending' || state === 'checking') tell(id, { share: sent / file.size, problem: null });
    if (lies !== null && lies !== this.#known) {
      this.#known = lies;
      void change(id, () => ({ upload: lies }));
    }
    if (state === 'waiting') this.#lost(problem!);
  }
}

function refused(id: string, problem: string): ApiProblem {
  tell(id, { share: 0, problem });
  void change(id, () => ({ problem }));
  return new ApiProblem(422, 'voice', [], { problem });
}

function codeOf({ code, extra }: ApiProblem): string {
  return code === 'wrong_file' ? String(extra.fault) : code === 'file_too_large' ? 'too_large' : code;
}

/** A link that saves a recording which lies here alone. */
export function savingLink({ type, at }: Kept, source: () => Promise<string>): HTMLAnchorElement {
  const link = Object.assign(document.createElement('a'), { href: '#', download: fileNameOf(type, at) });
  link.onclick = (event) => {
    if (link.href.startsWith('blob:')) return;
    event.preventDefault();
    void source().then((address) => {
      link.href = address;
      link.click();
    });
  };
  return link;
}
