/** In which order the files of a message are shown. */
import type { Attachment } from '@recado/shared/wire.ts';
import { expect, test } from 'vitest';
import { kindOf, runsOf } from '../src/state/files.ts';

const file = (name: string): Attachment => {
  const picture = name.endsWith('.jpg');
  const type = picture ? 'image/jpeg' : 'application/pdf';
  return { id: name, name, type, size: 1, width: null, height: null, thumbnail: picture, sound: null };
};

test('files stand in their order, and only pictures that follow each other side by side', () => {
  const names = ['a.pdf', 'b.jpg', 'c.jpg', 'd.pdf', 'e.pdf', 'f.jpg'];
  const runs = runsOf(names.map(file), (one) => kindOf(one) === 'picture');
  expect(runs.map((run) => run.map(({ name }) => name))).toEqual([['a.pdf'], ['b.jpg', 'c.jpg'], ['d.pdf'], ['e.pdf'], ['f.jpg']]);
});
