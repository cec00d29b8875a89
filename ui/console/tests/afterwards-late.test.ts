/** What is said of a deed that came too late. */
import { afterEach, expect, test, vi } from 'vitest';
import { Afterwards } from '../src/features/desk/afterwards.svelte.ts';
import { notices } from '../src/state/notices.svelte.ts';
import { mine } from './world.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('that it was too late to delete is said, though the question has gone', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify({ code: 'late', within: 900 }), { status: 409, headers: { 'content-type': 'application/problem+json' } })));
  const said = vi.spyOn(notices, 'warning');
  const entry = mine(3);
  const open = { id: 1, model: { entries: [entry], conversation: { department: { id: 1 } } } };
  const desk = { me: 1, sent: () => undefined, model: { rules: new Map([[1, { edit_minutes: 15, undo_s: 10 }]]) } };
  const afterwards = new Afterwards(desk as never, open as never);
  afterwards.deleting = entry;
  const going = afterwards.delete(entry);
  afterwards.deleting = null;
  await going;
  expect(said).toHaveBeenCalled();
});
