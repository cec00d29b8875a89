/** What was on its way when its page was left is asked about, named afterwards, and named once. */
import { afterEach, expect, test } from 'vitest';
import { cutShort } from '../src/state/cut-short.svelte.ts';
import { placeOf } from '../src/state/draft-shelf.ts';

const big = { file: new File(['x'], 'grande.pdf') };
const small = { file: new File(['x'], 'foto.png') };

afterEach(() => cutShort.clear());

test('a file that has not come whole is named at its conversation until it is chosen again', () => {
  const source = { place: placeOf(8, 'answer'), coming: [big, small] };
  cutShort.watch(source);
  expect(cutShort.coming).toEqual(['grande.pdf', 'foto.png']);
  source.coming = [big];
  cutShort.note();
  expect(cutShort.of(8, 'answer')).toEqual(['grande.pdf']);
  expect([cutShort.of(8, 'note'), cutShort.of(9, 'answer')]).toEqual([[], []]);
  cutShort.forget(8, 'answer', ['otra.pdf']);
  expect(cutShort.of(8, 'answer')).toEqual(['grande.pdf']);
  cutShort.forget(8, 'answer', ['grande.pdf']);
  expect([cutShort.of(8, 'answer'), sessionStorage.length]).toEqual([[], 0]);
});

test('nothing is told where all has come, or after signing out', () => {
  const source = { place: placeOf(8, 'note'), coming: [small] };
  cutShort.watch(source);
  source.coming = [];
  cutShort.note();
  expect(cutShort.of(8, 'note')).toEqual([]);
  source.coming = [small];
  cutShort.note();
  cutShort.clear();
  expect([cutShort.of(8, 'note'), cutShort.coming]).toEqual([[], []]);
});
