/** Which of many files are begun. */
import { afterEach, expect, test, vi } from 'vitest';
import { ApiProblem } from '@recado/shared/api.ts';
import type { UploadDoor } from '@recado/shared/upload.ts';
import type { FileRules, Upload } from '@recado/shared/wire.ts';
import { Sending } from '../src/state/attaching.svelte.ts';
import { cutShort } from '../src/state/cut-short.svelte.ts';

const RULES: FileRules = {
  ...{ formats: [{ name: 'pdf', endings: ['pdf'], max_bytes: 1000 }], caption_max: 160, files_max: 2, sound_max_ms: 1, version: 1 },
};
const never = new Promise<Upload>(() => undefined);
const door: UploadDoor = {
  begin: async ({ name }) => (name === 'a.pdf' ? Promise.reject(new ApiProblem(422, 'wrong_file', [], { fault: 'damaged' })) : never),
  ...{ look: () => never, part: () => never, cancel: async () => undefined },
};

afterEach(() => cutShort.clear());

test('one that was too many is begun in the place of one that was refused or taken out', async () => {
  const sending = new Sending(RULES, door, () => undefined);
  const states = (): string[] => sending.uploads.map(({ file, fault, state }) => `${file.name} ${fault?.fault ?? state}`);
  sending.add(['a', 'b', 'c', 'd'].map((name) => new File(['x'], `${name}.pdf`)), 0);
  expect(states()).toEqual(['a.pdf sending', 'b.pdf sending', 'c.pdf too_many', 'd.pdf too_many']);
  await vi.waitUntil(() => sending.uploads[0]!.state === 'failed');
  sending.makeRoom(0);
  expect(states()).toEqual(['a.pdf failed', 'b.pdf sending', 'c.pdf sending', 'd.pdf too_many']);
  sending.makeRoom(1);
  expect(states().at(-1)).toBe('d.pdf too_many');
  sending.remove(sending.uploads[1]!);
  sending.makeRoom(0);
  expect(states()).toEqual(['a.pdf failed', 'c.pdf sending', 'd.pdf sending']);
});

test('the server hears of files in the order in which they were chosen, and of the next one where one is refused', async () => {
  const heard: string[] = [];
  const answers: (() => void)[] = [];
  const slow: UploadDoor = {
    ...door,
    begin: ({ name }) => (heard.push(name), new Promise((_, reject) => answers.push(() => reject(new ApiProblem(422, 'wrong_file'))))),
  };
  const sending = new Sending({ ...RULES, files_max: 9 }, slow, () => undefined);
  sending.add([new File(['x'], 'b.pdf'), new File(['x'], 'a.pdf')], 0);
  await vi.waitUntil(() => answers.length > 0);
  expect(heard).toEqual(['b.pdf']);
  answers[0]!();
  await vi.waitUntil(() => answers.length > 1);
  expect(heard).toEqual(['b.pdf', 'a.pdf']);
});
