/** What is known around a conversation: the latest fetch counts, and what is shown stays where one fails. */
import type { Background } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AroundConversation } from '../src/state/background.svelte.ts';
import { BRUNO, T0 } from './world.ts';

const facts = (body: string): Background => ({
  earlier: [],
  notes: [{ conversation: 1, seq: 2, operator: BRUNO, at: T0, excerpt: body }],
  blocks: [],
});
let held: { path: string; answer: (body: unknown, status?: number) => void }[];

beforeEach(() => {
  held = [];
  vi.stubGlobal(
    'fetch',
    (path: string) =>
      new Promise<Response>((resolve) => {
        held.push({ path, answer: (body, status = 200) => resolve(new Response(JSON.stringify(body), { status })) });
      }),
  );
});
afterEach(() => vi.unstubAllGlobals());

test('of two fetches the later one counts, whichever comes first', async () => {
  const around = new AroundConversation(1);
  const both = [around.load(), around.load()];
  held[1]!.answer(facts('new'));
  held[0]!.answer(facts('old'));
  await Promise.all(both);
  expect(held[0]!.path).toContain('/conversations/1/background');
  expect(around.found?.notes[0]?.excerpt).toBe('new');
});

test('what failed is said where nothing is shown, and changes nothing where something is', async () => {
  const around = new AroundConversation(1);
  const fails = async (): Promise<void> => {
    const loading = around.load();
    held.pop()!.answer({ code: 'busy' }, 503);
    await loading;
  };
  await fails();
  expect([around.failed, around.found]).toEqual([true, null]);
  const loading = around.load();
  held.pop()!.answer(facts('there'));
  await loading;
  await fails();
  expect([around.failed, around.found?.notes.length]).toEqual([false, 1]);
});
