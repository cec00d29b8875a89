import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { Blob as WholeBlob } from 'node:buffer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { closeKeep, hold, openKeep, watchKeep, type Kept } from './keep.ts';

const about = (id: string, more: Partial<Kept> = {}): Kept => ({
  id,
  place: 'console:7:42:answer',
  type: 'audio/webm',
  ms: 1_000,
  peaks: [0, 100],
  at: 5,
  handed: false,
  ...more,
});
const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer as ArrayBuffer;
const textOf = async (one: Kept): Promise<string> => new TextDecoder().decode(await (await (await openKeep()).sound(one)).arrayBuffer());

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  vi.stubGlobal('IDBKeyRange', IDBKeyRange);
  // That of jsdom takes no bytes from outside and gives none.
  vi.stubGlobal('Blob', WholeBlob);
  closeKeep();
});
afterEach(() => {
  vi.unstubAllGlobals();
  closeKeep();
});

test('what was recorded is whole and in order after a reload', async () => {
  const keep = await openKeep();
  for (const [index, text] of ['uno ', 'dos ', 'tres'].entries()) await keep.add(about('a', { ms: index }), index, bytes(text));
  closeKeep();
  const [found] = await (await openKeep()).list('console:7:');
  expect(found).toEqual(about('a', { ms: 2 }));
  expect(await textOf(found!)).toBe('uno dos tres');
});

test('each place has its own, the oldest first, and nobody finds those of another', async () => {
  const keep = await openKeep();
  await keep.put(about('later', { at: 9 }));
  await keep.put(about('sooner', { at: 1 }));
  await keep.put(about('other', { place: 'console:77:42:answer' }));
  expect((await keep.list('console:7:')).map(({ id }) => id)).toEqual(['sooner', 'later']);
});

test('nothing of an operator is left when they have signed out, and all of the others', async () => {
  const keep = await openKeep();
  const theirs = about('b', { place: 'console:8:42:answer' });
  for (const one of [about('a'), theirs]) await keep.add(one, 0, bytes(one.id));
  await keep.clear('console:7:');
  expect(await keep.list('console:')).toEqual([theirs]);
  expect(await textOf(about('a'))).toBe('');
  expect(await textOf(theirs)).toBe('b');
});

test('what the server has is gone from here, with its sound', async () => {
  const keep = await openKeep();
  await keep.add(about('a'), 0, bytes('a'));
  await keep.remove('a');
  expect(await keep.find('a')).toBeNull();
  expect(await textOf(about('a'))).toBe('');
});

test('whoever watches hears of one that comes, changes and goes, and not of every piece', async () => {
  const keep = await openKeep();
  const heard = vi.fn();
  const unwatch = watchKeep(heard);
  for (const index of [0, 1, 2]) await keep.add(about('a'), index, bytes('a'));
  await keep.put(about('a', { handed: true }));
  await keep.remove('a');
  expect(heard).toHaveBeenCalledTimes(3);
  unwatch();
  await keep.clear('');
  expect(heard).toHaveBeenCalledTimes(3);
});

test('without a database it lasts as long as the page, and says so', async () => {
  vi.stubGlobal('indexedDB', undefined);
  const keep = await openKeep();
  expect(keep.lasting).toBe(false);
  await keep.add(about('a'), 0, bytes('hola'));
  expect(await keep.list('console:7:')).toEqual([about('a')]);
  expect(await textOf(about('a'))).toBe('hola');
  await keep.clear('console:7:');
  expect(await keep.list('')).toEqual([]);
});

test('a recording that another tab holds is not offered until it lets go', async () => {
  const held = new Set<string>();
  const locks = {
    request: async (name: string, _: object, within: (lock: object | null) => Promise<void>) => {
      if (held.has(name)) return within(null);
      held.add(name);
      await within({});
      held.delete(name);
    },
  };
  vi.stubGlobal('navigator', { locks });
  const letGo = await hold('a');
  expect(await hold('a')).toBeNull();
  expect(await hold('b')).not.toBeNull();
  letGo!();
  await vi.waitFor(async () => expect(await hold('a')).not.toBeNull());
});

test('a change is made of what lies there, and brings nothing back that has gone', async () => {
  const keep = await openKeep();
  await keep.put(about('a'));
  await Promise.all([keep.change('a', () => ({ upload: 'u1' })), keep.change('a', ({ upload }) => ({ posted: upload ?? null }))]);
  expect(await keep.find('a')).toEqual(about('a', { upload: 'u1', posted: 'u1' }));
  await Promise.all([keep.remove('a'), keep.change('a', () => ({ handed: true }))]);
  expect(await keep.list('console:')).toEqual([]);
});
