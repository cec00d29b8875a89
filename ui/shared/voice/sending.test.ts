import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { Blob as WholeBlob, File as WholeFile } from 'node:buffer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem } from '../api.ts';
import type { UploadDoor } from '../upload.ts';
import type { Attachment, Upload } from '../wire.ts';
import { closeKeep, openKeep, type Kept } from './keep.ts';
import { hear, type Progress } from './progress.ts';
import { arrived, deliver, give, handBack, lend } from './sending.ts';

const peaks = [0, 100];
const about = (id: string): Kept => ({ id, place: 'here', type: 'audio/webm', ms: 900, peaks, at: 0, handed: true });
const file = (id: string): Attachment => ({ id, name: 'v.webm', type: 'audio/webm', size: 4, width: null, height: null, thumbnail: false, sound: { ms: 900, peaks } });

/** A server that has what has come, and fails in turn as it is told to. */
class Door implements UploadDoor {
  asked: string[] = [];
  fails: (ApiProblem | null)[] = [];
  come = 0;
  cancelled: string[] = [];
  private answer(what: string): Upload {
    this.asked.push(what);
    const failure = this.fails.shift();
    if (failure) throw failure;
    return { id: 'u1', name: 'v.webm', size: 4, offset: this.come, file: this.come === 4 ? file('u1') : null };
  }
  begin = async ({ name }: { name: string }) => this.answer(`begin ${name.replace(/\d+/g, '0')}`);
  look = async (id: string) => this.answer(`look ${id}`);
  part = async (_: string, offset: number, part: Blob) => {
    this.come += this.fails[0] ? 0 : part.size;
    return this.answer(`part ${offset}`);
  };
  cancel = async (id: string) => void this.cancelled.push(id);
}

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('IDBKeyRange', IDBKeyRange);
  vi.stubGlobal('Blob', WholeBlob);
  vi.stubGlobal('File', WholeFile);
  vi.stubGlobal('URL', class extends URL { static override createObjectURL = () => 'blob:x' });
  closeKeep();
});
afterEach(() => {
  vi.unstubAllGlobals();
  closeKeep();
});

async function kept(id: string): Promise<void> {
  await (await openKeep()).add(about(id), 0, new Uint8Array(4).buffer);
}

test('it is uploaded under a name of its own, and stays here until its message has arrived', async () => {
  await kept('a');
  const door = new Door();
  expect(await give('a', door)).toEqual(file('u1'));
  expect(door.asked).toEqual(['begin voice-0-0.webm', 'part 0']);
  expect(await (await openKeep()).find('a')).not.toBeNull();
  await arrived('a');
  expect(await (await openKeep()).find('a')).toBeNull();
});

test('what is cut fails soon, and goes on where it was with the next attempt', async () => {
  await kept('b');
  const door = new Door();
  door.fails = [null, new ApiProblem(0, 'offline')];
  await expect(give('b', door)).rejects.toMatchObject({ code: 'offline' });
  await give('b', door);
  expect(door.asked).toEqual(['begin voice-0-0.webm', 'part 0', 'look u1', 'part 0']);
});

test('after a reload it goes on with what lies at the server, and begins anew where that has gone', async () => {
  await kept('c');
  const keep = await openKeep();
  await keep.put({ ...about('c'), upload: 'u1' });
  const door = new Door();
  door.fails = [new ApiProblem(404, 'not_found')];
  await give('c', door);
  expect(door.asked).toEqual(['look u1', 'begin voice-0-0.webm', 'part 0']);
  await vi.waitFor(async () => expect(await keep.find('c')).toMatchObject({ upload: 'u1', handed: true }));
});

test('what the server refuses is told with its reason, and is not lost', async () => {
  await kept('d');
  const told: Progress[] = [];
  hear('d', (now) => told.push(now));
  const door = new Door();
  door.fails = [null, new ApiProblem(422, 'wrong_file', [], { fault: 'no_sound' })];
  await expect(give('d', door)).rejects.toMatchObject({ status: 422, code: 'voice', passing: false });
  expect(told.at(-1)).toEqual({ share: 0, problem: 'no_sound' });
  await handBack('d');
  expect(await (await openKeep()).find('d')).toMatchObject({ handed: false, problem: null });
});

test('what is no matter of the recording comes as it is: somebody else attends the conversation now', async () => {
  await kept('h');
  const door = new Door();
  door.fails = [new ApiProblem(409, 'taken', [], { operator: { id: 3 } })];
  await expect(give('h', door)).rejects.toMatchObject({ code: 'taken', extra: { operator: { id: 3 } } });
});

test('a scanner that is away is no refusal', async () => {
  await kept('e');
  const door = new Door();
  door.fails = [null, new ApiProblem(503, 'scanner_away')];
  await expect(give('e', door)).rejects.toMatchObject({ passing: true });
});

test('what could not be kept goes from memory, and what is nowhere any more is told', async () => {
  lend(about('g'), new Blob([new Uint8Array(4)]));
  expect(await give('g', new Door())).toEqual(file('u1'));
  await expect(give('nowhere', new Door())).rejects.toMatchObject({ code: 'voice', extra: { problem: 'gone' } });
});

const offline = new ApiProblem(0, 'offline');
const nowhere = (): Promise<string> => Promise.reject(offline);
const unknown = new ApiProblem(400, 'invalid', [{ field: 'attachments', code: 'unknown', detail: '' }]);
const reused = new ApiProblem(409, 'client_id_reused');
const gone = (id: string): Promise<void> => vi.waitFor(async () => expect(await (await openKeep()).find(id)).toBeNull());

test('where no answer came, the same message goes once more after a reload, with the same file', async () => {
  await kept('i');
  const door = new Door();
  const noted: unknown[] = [];
  const lost = async (): Promise<string> => {
    noted.push((await (await openKeep()).find('i'))?.posted);
    throw offline;
  };
  await expect(deliver('i', door, lost, nowhere)).rejects.toBe(offline);
  expect(noted).toEqual(['u1']);
  closeKeep();
  vi.resetModules();
  const loaded = await import('./sending.ts');
  expect(await loaded.deliver('i', door, async (file) => `stored with ${file}`, nowhere)).toBe('stored with u1');
  expect(door.asked).toEqual(['begin voice-0-0.webm', 'part 0']);
  await gone('i');
});

test('it is uploaded anew once the server says that its file is unknown', async () => {
  await kept('j');
  await (await openKeep()).put({ ...about('j'), upload: 'u0', posted: 'u0' });
  const door = new Door();
  const posted: string[] = [];
  const post = async (file: string): Promise<string> => {
    posted.push(file);
    if (file === 'u0') throw unknown;
    return file;
  };
  await expect(deliver('j', door, post, nowhere)).rejects.toMatchObject({ passing: true });
  expect(door.asked).toEqual([]);
  expect(await deliver('j', door, post, nowhere)).toBe('u1');
  expect([posted, door.asked]).toEqual([['u0', 'u1'], ['begin voice-0-0.webm', 'part 0']]);
});

test('what another tab has sent with its own file is forgotten here, and this file given up', async () => {
  await kept('k');
  const door = new Door();
  const post = (): Promise<string> => Promise.reject(reused);
  await expect(deliver('k', door, post, nowhere)).rejects.toBe(offline);
  expect(await (await openKeep()).find('k')).toMatchObject({ posted: 'u1' });
  expect(await deliver('k', door, post, async () => 'elsewhere')).toBe('elsewhere');
  expect(door.cancelled).toEqual(['u1', 'u1']);
  await gone('k');
});

test('where another tab was quicker to upload it, it goes with that file', async () => {
  await kept('l');
  const door = new Door();
  const { part } = door;
  door.part = async (id, offset, bytes) => {
    await (await openKeep()).put({ ...about('l'), posted: 'u7' });
    return part(id, offset, bytes);
  };
  expect(await deliver('l', door, async (file) => file, nowhere)).toBe('u7');
  expect(door.cancelled).toEqual(['u1']);
});

test('what could not be kept goes once more with the same file, too', async () => {
  lend(about('m'), new Blob([new Uint8Array(4)]));
  const door = new Door();
  await expect(deliver('m', door, () => Promise.reject(offline), nowhere)).rejects.toBe(offline);
  expect(await deliver('m', door, async (file) => file, nowhere)).toBe('u1');
  expect(door.asked).toEqual(['begin voice-0-0.webm', 'part 0']);
});

test('a refusal comes as it is, and the recording stays', async () => {
  await kept('n');
  const taken = new ApiProblem(409, 'taken');
  await expect(deliver('n', new Door(), () => Promise.reject(taken), nowhere)).rejects.toBe(taken);
  expect(await (await openKeep()).find('n')).toMatchObject({ posted: 'u1' });
});
