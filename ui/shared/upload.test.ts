import { expect, test } from 'vitest';
import { ApiProblem } from './api.ts';
import { charactersOf, FileUpload, PART_BYTES, refusalOf, type Announced, type UploadDoor } from './upload.ts';
import type { Attachment, FileRules, Upload } from './wire.ts';

const SIZE = PART_BYTES * 2 + 5;
const whole: Attachment = { id: 'u1', name: 'a.pdf', type: 'application/pdf', size: SIZE, width: null, height: null, thumbnail: false, sound: null };
const offline = () => new ApiProblem(0, 'offline');

/** A server that keeps what has come, and fails as it is told to. */
class Door implements UploadDoor {
  come = 0;
  asked: string[] = [];
  fails: (ApiProblem | null)[] = [];
  private upload = (): Upload => ({ id: 'u1', name: 'a.pdf', size: SIZE, offset: this.come, file: this.come === SIZE ? whole : null });
  private answer(what: string): Upload {
    this.asked.push(what);
    const failure = this.fails.shift();
    if (failure) throw failure;
    return this.upload();
  }
  announced: string[] = [];
  begin = async (file: Announced) => {
    this.announced.push(file.client_id);
    return this.answer('begin');
  };
  look = async () => this.answer('look');
  part = async (_: string, offset: number, part: Blob, sent: (bytes: number) => void) => {
    expect(offset).toBe(this.come);
    sent(part.size);
    const half = this.fails[0] ? Math.floor(part.size / 2) : part.size;
    this.come += half;
    return this.answer(`part ${offset}`);
  };
  cancel = async (id: string) => void this.asked.push(`cancel ${id}`);
}

function sending(door: Door) {
  const states: string[] = [];
  const file = new File([new Uint8Array(SIZE)], 'a.pdf');
  const world = { now: () => 0, pause: async () => undefined };
  const upload = new FileUpload(file, door, () => states.at(-1) !== upload.state && states.push(upload.state), world);
  return { upload, states };
}

test('a file goes in parts and is there when it has been looked at', async () => {
  const door = new Door();
  const { upload, states } = sending(door);
  await upload.start();
  expect(door.asked).toEqual(['begin', 'part 0', `part ${PART_BYTES}`, `part ${2 * PART_BYTES}`]);
  expect(states).toEqual(['sending', 'checking', 'ready']);
  expect(upload.result).toEqual(whole);
});

test('after a cut the server is asked how much has come, and it goes on from there', async () => {
  const door = new Door();
  door.fails = [null, offline(), offline(), null];
  const { upload, states } = sending(door);
  await upload.start();
  expect(door.asked.slice(0, 4)).toEqual(['begin', 'part 0', 'look', 'look']);
  expect(door.asked[4]).toBe(`part ${PART_BYTES / 2}`);
  expect(states).toContain('waiting');
  expect(upload.state).toBe('ready');
});

test('while nobody has heard that it was begun, the same file is begun', async () => {
  const door = new Door();
  door.fails = [offline(), offline(), null];
  await sending(door).upload.start();
  await sending(door).upload.start();
  expect(door.asked.slice(0, 3)).toEqual(['begin', 'begin', 'begin']);
  const [first, , , other] = door.announced;
  expect(door.announced).toEqual([first, first, first, other]);
  expect(other).not.toBe(first);
});

test('what is refused stays refused until it is tried again', async () => {
  const door = new Door();
  door.fails = [new ApiProblem(422, 'wrong_file', [], { fault: 'format' })];
  const { upload } = sending(door);
  await upload.start();
  expect([upload.state, upload.problem?.extra.fault]).toEqual(['failed', 'format']);
  await upload.start();
  expect(upload.state).toBe('ready');
});

test('what the server has given up is begun anew when it is tried again', async () => {
  const door = new Door();
  door.fails = [null, new ApiProblem(404, 'not_found')];
  const { upload } = sending(door);
  await upload.start();
  expect([upload.state, upload.id]).toEqual(['failed', null]);
  door.come = 0;
  await upload.start();
  expect([door.asked[2], upload.state]).toEqual(['begin', 'ready']);
});

test('who gives it up hears nothing more of it, and the server is told', async () => {
  const door = new Door();
  const { upload, states } = sending(door);
  const going = upload.start();
  await Promise.resolve();
  await Promise.resolve();
  upload.cancel();
  await going;
  expect(door.asked.at(-1)).toMatch(/^(cancel u1|part 0)$/);
  expect(states).not.toContain('ready');
});

test('who gives it up before the server has answered at all gives it up there, too', async () => {
  const door = new Door();
  let answer = (): void => undefined;
  const answered = new Promise<void>((done) => (answer = done));
  const { begin } = door;
  door.begin = (file) => answered.then(() => begin(file));
  const { upload } = sending(door);
  const going = upload.start();
  upload.cancel();
  answer();
  await going;
  expect(door.asked).toEqual(['begin', 'cancel u1']);
});

test('what the browser can know is said before anything is sent', () => {
  const rules: FileRules = {
    formats: [
      { name: 'jpg', endings: ['jpg', 'jpeg'], max_bytes: 4 },
      { name: 'zip', endings: ['zip'], max_bytes: null },
    ],
    caption_max: 160,
    files_max: 10,
    sound_max_ms: 1,
    version: 0,
  };
  const named = (name: string, content = 'abc') => refusalOf(new File([content], name), rules);
  expect(named('A.JPEG')).toBeNull();
  expect(named('a.zip')?.fault).toBe('format');
  expect(named('jpg.exe')?.fault).toBe('format');
  expect(named('a.jpg', '')?.fault).toBe('empty');
  expect(named('a.jpg', '12345')).toEqual({ fault: 'too_large', limit: 4 });
});

test('characters are counted as people count them', () => {
  expect(charactersOf('ñandú')).toBe(5);
  expect(charactersOf('n\u0303')).toBe(1);
  expect(charactersOf('👨‍👩‍👧')).toBe(1);
});
