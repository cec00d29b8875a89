import { expect, test } from 'vitest';
import { acceptOf, endingOf, formatName, groupsOf, sizeOf } from './formats.ts';
import type { FormatName, FormatRule } from './wire.ts';

const rule = (name: FormatName, max_bytes: number | null, ...endings: string[]): FormatRule => ({ name, endings, max_bytes });
const ALL = [rule('pdf', 9, 'pdf'), rule('jpg', 5, 'jpg', 'jpeg'), rule('png', 5, 'png'), rule('doc', 9, 'doc'), rule('docx', 9, 'docx'), rule('zip', null, 'zip')];

test('formats that belong together and have one size are named together; those that are not allowed are not', () => {
  const names = (all: readonly FormatRule[]): string[] => all.map(({ name }) => name);
  expect(groupsOf(ALL).map(names)).toEqual([['pdf'], ['jpg', 'png'], ['doc', 'docx']]);
  expect(groupsOf([rule('jpg', 5), rule('png', 6)]).map(names)).toEqual([['jpg'], ['png']]);
});

test('a chooser is told endings, and of pictures the type by which a phone offers its camera', () => {
  expect(acceptOf(ALL.slice(0, 2))).toBe('.pdf,.jpg,.jpeg,image/jpeg');
});

test('sizes, names and endings read as people write them', () => {
  expect([0, 999, 1500, 12_345, 2_500_000, 20_000_000].map((size) => sizeOf(size, 'es'))).toEqual(['0 B', '999 B', '1,5 kB', '12 kB', '2,5 MB', '20 MB']);
  expect([formatName('jpg', ''), formatName('audio', 'Recorded'), formatName('xlsx', '')]).toEqual(['JPG · JPEG', 'Recorded', 'XLSX']);
  expect(['a.Pdf', 'none', 'x.numbers7', '.pdf', 'pdf'].map(endingOf)).toEqual(['PDF', '', 'NUMBE', 'PDF', 'PDF']);
});
