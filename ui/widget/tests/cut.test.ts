/** What was left unsent, as the next page or another tab finds it. */
import type { Upload } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { look } from '../src/attach/cut.ts';
import { Shelf } from '../src/attach/shelf.ts';
import type { Chat } from '../src/frame/chat.svelte.ts';
import { Draft } from '../src/frame/draft.svelte.ts';

// Sheets of one's own are more than the pretended browser has.
vi.mock('../src/attach/look.ts', () => ({ dress: vi.fn(), icon: vi.fn() }));

const LOCKS = { request: (_: string, __: object, within: (lock: object) => unknown) => Promise.resolve(within({})), query: () => Promise.resolve({}) };
const FILE = { id: 'f1', name: 'largo.pdf', type: 'application/pdf', size: 9, width: null, height: null, thumbnail: false, sound: null };

/** A page of a visitor whose upload the server has as far as `upload` says. */
function page() {
  const upload: { offset: number; file: Upload['file'] } = { offset: 4, file: null };
  const asked: string[] = [];
  const request = (method: string, path: string): Promise<unknown> => (asked.push(`${method} ${path}`), Promise.resolve({ ...upload }));
  const draft = new Draft('shop/1', localStorage);
  const chat = { draft, session: { request }, book: { chapters: [], loaded: true }, pending: [] } as unknown as Chat;
  const shelf = new Shelf(draft, () => undefined);
  const place = shelf.begin(crypto.randomUUID());
  shelf.write(place, { files: [{ id: 'f1', name: 'largo.pdf' }], caption: 'El salón' });
  const [again, was] = [vi.fn(), localStorage.getItem(place)!];
  return { upload, asked, draft, again, place, was, look: () => look(chat, shelf, place, was, again) };
}

const cut = (): string | null => localStorage.getItem('recado:draft:shop/1:cut');

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
  vi.stubGlobal('navigator', {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('what no tab is busy with and has not come is given up, told, and leaves its text to the box', async () => {
  vi.stubGlobal('navigator', { locks: LOCKS });
  const { look, asked, draft, place } = page();
  await look();
  expect(asked).toEqual(['GET /uploads/f1', 'DELETE /uploads/f1']);
  expect([cut(), draft.text, localStorage.getItem(place)]).toEqual(['["largo.pdf"]', 'El salón', null]);
});

test('without locks another tab goes on with what it is sending, and it is offered once it is whole', async () => {
  const { look, asked, draft, place, was, upload, again } = page();
  expect(await look()).toBe(null);
  for (const offset of [5, 6, 7]) {
    await vi.advanceTimersByTimeAsync(40_000);
    upload.offset = offset;
  }
  expect([new Set(asked), cut(), draft.text, localStorage.getItem(place)]).toEqual([new Set(['GET /uploads/f1']), null, '', was]);
  expect(again).not.toHaveBeenCalled();
  upload.file = FILE;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(again).toHaveBeenCalledOnce();
  expect(await look()).toEqual({ place, text: was, files: [FILE], caption: 'El salón' });
});

test('without locks what nobody sends any more is told after a while, and not given up from here', async () => {
  const { look, asked, draft, again } = page();
  await look();
  await vi.advanceTimersByTimeAsync(70_000);
  expect(again).toHaveBeenCalledOnce();
  await look();
  expect([new Set(asked), cut(), draft.text]).toEqual([new Set(['GET /uploads/f1']), '["largo.pdf"]', 'El salón']);
});
