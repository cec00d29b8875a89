/** The files that go along with a visitor's message, without the dialog that shows them. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { UploadDoor } from '@recado/shared/upload.ts';
import type { Attachment, FileRules, Upload } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Parcel, Row } from '../src/attach/parcel.ts';

const RULES: FileRules = {
  formats: [
    { name: 'pdf', endings: ['pdf'], max_bytes: 1000 },
    { name: 'jpg', endings: ['jpg', 'jpeg'], max_bytes: 1000 },
    { name: 'zip', endings: ['zip'], max_bytes: null },
  ],
  caption_max: 160,
  files_max: 2,
  sound_max_ms: 1,
  version: 1,
};
const came = (name: string, size: number): Attachment => {
  return { id: name, name, type: 'application/pdf', size, width: null, height: null, thumbnail: false, sound: null };
};

/** A server that takes everything at once, and notes what it was told. */
function server() {
  const asked: string[] = [];
  const sizes = new Map<string, number>();
  const answer = (id: string, file: Attachment | null): Upload => ({ id, name: id, size: sizes.get(id)!, offset: file?.size ?? 0, file });
  const door: UploadDoor = {
    begin: async ({ name, size }) => (asked.push(`begin ${name}`), sizes.set(name, size), answer(name, null)),
    look: async (id) => answer(id, null),
    part: async (id) => answer(id, came(id, sizes.get(id)!)),
    cancel: async (id) => asked.push(`cancel ${id}`),
  };
  return { asked, door };
}

const file = (name: string, size = 10): Row => new Row(new File([new Uint8Array(size)], name));
const states = (parcel: Parcel): string[] => parcel.rows.map((row) => `${row.name} ${row.fault?.fault ?? row.state}`);
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(10);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what is against a file is said before anything of it is sent', async () => {
  const { asked, door } = server();
  const parcel = new Parcel(door, () => Promise.resolve(RULES), () => undefined);
  parcel.add([file('a.exe'), file('b.zip'), file('c.pdf', 0), file('d.pdf', 1001), file('e.PDF')]);
  await settle();
  expect(states(parcel)).toEqual(['a.exe format', 'b.zip format', 'c.pdf empty', 'd.pdf too_large', 'e.PDF ready']);
  expect(asked).toEqual(['begin e.PDF']);
  expect(parcel.ready).toEqual([came('e.PDF', 10)]);
});

test('one that is too many goes in the place of one that was refused', async () => {
  const { door } = server();
  const refuses = async (id: string): Promise<Upload> => {
    if (id === 'a.pdf') throw new ApiProblem(422, 'wrong_file', [], { fault: 'damaged' });
    return door.part(id, 0, new Blob(), () => undefined, new AbortController().signal);
  };
  const parcel = new Parcel({ ...door, part: refuses }, () => Promise.resolve(RULES), () => undefined);
  parcel.add([file('a.pdf'), file('b.pdf'), file('c.pdf')]);
  await settle();
  expect(states(parcel)).toEqual(['a.pdf failed', 'b.pdf ready', 'c.pdf ready']);
});

test('one that is too many goes once another has been taken out', async () => {
  const { asked, door } = server();
  const parcel = new Parcel(door, () => Promise.resolve(RULES), () => undefined);
  parcel.add([file('a.pdf'), file('b.pdf'), file('c.pdf')]);
  await settle();
  expect(states(parcel)).toEqual(['a.pdf ready', 'b.pdf ready', 'c.pdf too_many']);
  parcel.remove(parcel.rows[0]!);
  await settle();
  expect(states(parcel)).toEqual(['b.pdf ready', 'c.pdf ready']);
  expect(asked).toContain('cancel a.pdf');
});

test('what is chosen while the connection is away waits, and goes when it is back', async () => {
  const { door } = server();
  const ask = vi.fn().mockRejectedValueOnce(new ApiProblem(0, 'offline')).mockResolvedValue(RULES);
  const parcel = new Parcel(door, ask, () => undefined);
  parcel.add([file('a.pdf')]);
  await settle();
  expect([parcel.away, parcel.coming, states(parcel)]).toEqual([true, true, ['a.pdf waiting']]);
  await vi.advanceTimersByTimeAsync(5000);
  expect([parcel.away, parcel.coming, states(parcel)]).toEqual([false, false, ['a.pdf ready']]);
});

test('what comes back from a message that did not go needs no second upload, unless it is gone at the server', async () => {
  const { asked, door } = server();
  const parcel = new Parcel(door, () => Promise.resolve(RULES), () => undefined);
  parcel.add([new Row(null, came('a.pdf', 10)), new Row(null)]);
  await settle();
  expect(states(parcel)).toEqual(['a.pdf ready', ' gone']);
  expect([asked, parcel.ready]).toEqual([[], [came('a.pdf', 10)]]);
});

test('what came on an earlier page counts among what one message takes, and is given up at the server with its line', async () => {
  const { asked, door } = server();
  const parcel = new Parcel(door, () => Promise.resolve(RULES), () => undefined);
  parcel.add(['a.pdf', 'b.pdf', 'c.pdf', 'd.pdf'].map((name) => new Row(null, came(name, 10))));
  await settle();
  expect(states(parcel)).toEqual(['a.pdf ready', 'b.pdf ready', 'c.pdf too_many', 'd.pdf too_many']);
  parcel.tidy();
  parcel.remove(parcel.rows[0]!);
  expect(states(parcel)).toEqual(['b.pdf ready', 'c.pdf ready', 'd.pdf too_many']);
  parcel.end(false);
  expect(asked).toEqual(['cancel a.pdf', 'cancel b.pdf', 'cancel c.pdf', 'cancel d.pdf']);
});

test('a text is counted as people count it, and too long by as much as is over', async () => {
  const parcel = new Parcel(server().door, () => Promise.resolve(RULES), () => undefined);
  await settle();
  parcel.caption = ` ${'👩‍👩‍👧'.repeat(160)} `;
  expect([parcel.length, parcel.excess]).toEqual([160, 0]);
  parcel.caption += '🇪🇸';
  expect(parcel.excess).toBe(2);
});

test('what was given up is given up at the server too, what has gone along is not', async () => {
  const { asked, door } = server();
  for (const gone of [true, false]) {
    const parcel = new Parcel(door, () => Promise.resolve(RULES), () => undefined);
    parcel.add([file(`${gone}.pdf`)]);
    await settle();
    parcel.end(gone);
  }
  expect(asked).toEqual(['begin true.pdf', 'begin false.pdf', 'cancel false.pdf']);
});
