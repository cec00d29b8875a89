/** What was chosen and has not gone, between the tabs of one visitor. */
import { sweep } from '@recado/shared/outbox-keep.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Draft } from '../src/frame/draft.svelte.ts';
import { Shelf, type Left } from '../src/attach/shelf.ts';

const LEFT: Left = { files: [{ id: 'f1', name: 'foto.jpg' }], caption: 'El salón' };

/** Locks as all tabs of a browser share them. */
function locks() {
  const held = new Set<string>();
  return {
    request: async (name: string, _: object, within: (lock: object | null) => Promise<void>) => {
      if (held.has(name)) return within(null);
      held.add(name);
      await within({});
      held.delete(name);
    },
    query: () => Promise.resolve({ held: [...held].map((name) => ({ name })) }),
  };
}

const tab = (scope = 'shop/1', changed = (): void => undefined): Shelf => new Shelf(new Draft(scope, localStorage), changed);

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal('navigator', { locks: locks() });
});
afterEach(() => void vi.unstubAllGlobals());

test('what one tab is busy with is no other one’s until it is left, and then any one’s, but not two', async () => {
  const [first, second, third] = [tab(), tab(), tab()];
  const place = first.begin('a');
  first.write(place, LEFT);
  expect([second.places, (await second.loose()).size]).toEqual([[place], 0]);
  expect(await second.take(place)).toBe(false);
  first.leave(place);
  await vi.waitFor(async () => expect([...(await second.loose())]).toEqual([[place, JSON.stringify(LEFT)]]));
  expect(await Promise.all([second.take(place), third.take(place)])).toEqual([true, false]);
  second.drop(place);
  expect(third.places).toEqual([]);
  await vi.waitFor(async () => expect(await first.take(place)).toBe(true));
  first.leave(place);
  await vi.waitFor(async () => expect(await first.take(place, JSON.stringify(LEFT))).toBe(false));
  await vi.waitFor(async () => expect(await third.take(place)).toBe(true));
});

test('of several all are taken or none, and none where nobody wants them any more by then', async () => {
  const [first, second] = [tab(), tab()];
  for (const place of ['a', 'b'].map((id) => first.begin(id))) first.write(place, LEFT);
  const [a, b] = first.places;
  await first.take(b!);
  const lying = new Map([a!, b!].map((place) => [place, localStorage.getItem(place)!]));
  first.leave(b!);
  await vi.waitFor(async () => expect([...(await second.loose()).keys()]).toEqual([b]));
  expect(await second.takeAll(lying, () => true)).toBe(false);
  first.leave(a!);
  await vi.waitFor(async () => expect((await first.loose()).size).toBe(2));
  expect(await second.takeAll(lying, () => false)).toBe(false);
  await vi.waitFor(async () => expect((await first.loose()).size).toBe(2));
  expect(await second.takeAll(lying, () => true)).toBe(true);
});

test('what another user of the site has left is not there for this one', async () => {
  const first = tab('shop/1#u7');
  first.write(first.begin('a'), LEFT);
  expect([tab('shop/1').places, tab('shop/1#u8').places]).toEqual([[], []]);
});

test('what has been changed meanwhile is not settled by what was known of it before', () => {
  const first = tab();
  const place = first.begin('a');
  first.write(place, LEFT);
  const was = localStorage.getItem(place)!;
  first.write(place, { ...LEFT, caption: 'otra cosa' });
  expect(first.settle(place, was, { files: [], caption: '' })).toBe(false);
  expect(first.settle(place, localStorage.getItem(place)!, { files: [], caption: '' })).toBe(true);
  expect(first.places).toEqual([]);
});

test('what was thrown away with all that is the visitor’s is not written down once more as the page goes', () => {
  const first = tab();
  const place = first.begin('a');
  first.write(place, LEFT);
  sweep(localStorage, 'recado:draft:shop/1');
  first.write(place, { ...LEFT, caption: 'y esto' });
  expect(first.places).toEqual([]);
});

test('nor is what was taken over from an earlier page, and has not been changed since', () => {
  const before = tab();
  const place = before.begin('a');
  before.write(place, LEFT);
  const [here, was] = [tab(), localStorage.getItem(place)!];
  expect(here.settle(place, was, LEFT)).toBe(true);
  here.write(place, LEFT);
  sweep(localStorage, 'recado:draft:shop/1');
  here.write(place, LEFT);
  expect([here.places, localStorage.length]).toEqual([[], 0]);
});

test('without locks all tabs may go on with it', async () => {
  vi.stubGlobal('navigator', {});
  const [first, second] = [tab(), tab()];
  const place = first.begin('a');
  first.write(place, LEFT);
  expect([...(await second.loose()).keys()]).toEqual([place]);
  expect(await second.take(place)).toBe(true);
});
