/** Files of drafts, and the text beside them. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Attachment, Draft } from '@recado/shared/wire.ts';
import { Drafts } from '../src/state/drafts.svelte.ts';
import { ANA } from './world.ts';

const sent: [string, string, unknown][] = [];
let reachable = true;

const draft = (id: number, conversation: number | null, body: string): Draft => ({
  ...{ id, conversation, body, mode: 'answer', updated_at: 1, written_in: conversation ?? 13, caption: '', files: [] },
});
const settled = () => vi.advanceTimersByTimeAsync(1_000);

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  sent.length = 0;
  reachable = true;
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    sent.push([init.method!, path, JSON.parse(String(init.body ?? 'null'))]);
    return reachable ? Promise.resolve(new Response(null, { status: 204 })) : Promise.reject(new TypeError());
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const FILE: Attachment = { id: 'f1', name: 'tarifas.pdf', type: 'application/pdf', size: 9, width: null, height: null, thumbnail: false, sound: null };

test('the text beside files is kept apart from the words, and saved as such', async () => {
  const drafts = new Drafts(ANA);
  drafts.set(1, 'Hola');
  drafts.set(1, 'Las tarifas', 'answer.caption');
  await settled();
  expect(sent.map(([, , body]) => body)).toEqual([
    { mode: 'answer', body: 'Hola' },
    { mode: 'answer', body: 'Las tarifas', part: 'caption' },
  ]);
  const again = new Drafts(ANA);
  again.takeOver([{ ...draft(5, 1, 'Hola'), caption: 'Las tarifas', files: [FILE] }], again.moment);
  expect([again.get(1), again.get(1, 'answer.caption'), again.files.of(1, 'answer')]).toEqual(['Hola', 'Las tarifas', [FILE]]);
  again.takeOver([], again.moment);
  expect([again.get(1), again.get(1, 'answer.caption'), again.files.of(1, 'answer')]).toEqual(['', '', []]);
});

test('a file that has just come, or gone, is not undone by a fetch that began before', async () => {
  const drafts = new Drafts(ANA);
  const before = drafts.moment;
  drafts.files.add(1, 'answer', FILE);
  drafts.takeOver([], before);
  expect(drafts.files.of(1, 'answer')).toEqual([FILE]);
  const began = drafts.moment;
  const removed = drafts.files.remove(1, 'answer', FILE);
  drafts.takeOver([{ ...draft(5, 1, ''), files: [FILE] }], began);
  expect(drafts.files.of(1, 'answer')).toEqual([]);
  await removed;
  expect(sent.at(-1)).toEqual(['DELETE', '/api/v1/console/uploads/f1', {}]);
});

test('what cannot be dropped is there again', async () => {
  reachable = false;
  const drafts = new Drafts(ANA);
  drafts.files.add(1, 'note', FILE);
  await expect(drafts.files.remove(1, 'note', FILE)).rejects.toThrow();
  expect(drafts.files.of(1, 'note')).toEqual([FILE]);
});

test('who loses the conversation keeps all words once, and they come back to where they were', () => {
  const drafts = new Drafts(ANA);
  const whole = { ...draft(5, 1, 'Hola'), caption: 'Las tarifas', files: [FILE] };
  drafts.takeOver([whole], drafts.moment);
  drafts.keep(drafts.forget(1).answer, 'answer', 1);
  drafts.takeOver([{ ...whole, conversation: null, written_in: 1 }], drafts.moment);
  expect(drafts.orphans).toMatchObject([{ id: 5, body: 'Hola\n\nLas tarifas', files: [FILE], from: 1 }]);
  drafts.takeOver([whole], drafts.moment);
  drafts.giveBack(1, 'answer');
  expect([drafts.get(1), drafts.get(1, 'answer.caption'), drafts.orphans]).toEqual(['Hola', 'Las tarifas', []]);
});
