/** A conversation with colleagues: words for it never go to a customer's. */
import type { Draft } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { amongColleagues, placeOf } from '../src/state/draft-shelf.ts';
import { Drafts } from '../src/state/drafts.svelte.ts';
import { direct, isDirect, pathOf } from '../src/state/owners.ts';
import { Sender } from '../src/state/sender.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { ANA, BRUNO, desk } from './world.ts';

let asked: [string, string, Record<string, unknown> | null][];
let status: number;
let answer: unknown;

beforeEach(() => {
  localStorage.clear();
  [asked, status, answer] = [[], 200, []];
  session.me = desk([]).me;
  vi.stubGlobal('fetch', async (path: string, { method, body }: RequestInit) => {
    asked.push([method ?? 'GET', path.replace('/api/v1/console', ''), JSON.parse(String(body ?? 'null'))]);
    return new Response(JSON.stringify(answer), { status });
  });
});
afterEach(() => {
  session.me = null;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const draft = (over: Partial<Draft>): Draft => ({ id: 1, conversation: 5, mode: 'note', body: '', updated_at: 0, written_in: 5, caption: '', files: [], ...over });

test('a conversation and a direct one of the same number are two', () => {
  expect([pathOf(5), pathOf(direct(5))]).toEqual(['/conversations/5', '/directs/5']);
  expect([isDirect(5), isDirect(direct(5))]).toEqual([false, true]);
  expect(placeOf(5, 'note')).not.toBe(placeOf(direct(5), 'note'));
});

test('drafts of one kind leave those of the other where they are', () => {
  const drafts = new Drafts(ANA);
  drafts.takeOver([draft({ body: 'about the customer' })], drafts.moment);
  drafts.takeOver(amongColleagues([draft({ id: 2, body: 'to colleagues' })]), drafts.moment, true);
  expect([drafts.get(5, 'note'), drafts.get(direct(5), 'note')]).toEqual(['about the customer', 'to colleagues']);
  drafts.takeOver([], drafts.moment);
  expect([drafts.get(5, 'note'), drafts.get(direct(5), 'note')]).toEqual(['', 'to colleagues']);
  drafts.takeOver(amongColleagues([draft({ id: 2, conversation: null, body: 'I left' })]), drafts.moment, true);
  expect([drafts.get(direct(5), 'note'), drafts.orphans.map(({ body, from }) => [body, from])]).toEqual(['', [['I left', direct(5)]]]);
});

test('what is typed is kept where the direct conversation is, without a mode', async () => {
  vi.useFakeTimers();
  new Drafts(ANA).set(direct(5), 'half a sentence', 'note');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([['PUT', '/directs/5/draft', { body: 'half a sentence' }]]);
});

test('a message goes to colleagues with whom it names and quotes, and as no kind of message to a customer', async () => {
  const sender = new Sender(ANA, { onSent: () => undefined, onLost: () => undefined, versionOf: () => 0 });
  answer = { entry: { client_id: null, attachments: [] }, direct: { id: 5 } };
  sender.send(direct(5), 'Look', { kind: 'note', mentions: [BRUNO], quote: 2 });
  await vi.waitUntil(() => asked.length > 0);
  const [method, path, body] = asked[0]!;
  expect([method, path]).toEqual(['POST', '/directs/5/messages']);
  expect(body).toEqual({ client_id: expect.any(String), body: 'Look', mentions: [BRUNO], quote: 2 });
  sender.close();
});
