/** What becomes of what I see and write when a conversation goes to somebody else, and comes back. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { ConversationRow, Draft } from '@recado/shared/wire.ts';
import { expect, test, vi } from 'vitest';
import { Socket } from './socket.ts';
import { answersWith, desk, fetched, forgetRequests, held, kept, opens, paths, staged, tell, waiting } from './staged-desk.ts';
import { ANA, attended, BRUNO, desk as state, entry, row } from './world.ts';

staged();

const WORDS = 'Good morning.';
const GONE = { code: 'not_found' };
const TAKEN = { code: 'taken', operator: { id: BRUNO, name: 'Bruno' } };

const taken = (version: number) => tell({ type: 'conversation.taken', id: 1, version, operator: BRUNO });
const queued = (version: number) =>
  tell({ type: 'conversation.queued', conversation: row(1, { version, former: BRUNO }), entries: [], seen: {} });
const claimed = (version: number) =>
  tell({ type: 'conversation.claimed', conversation: attended(1, ANA, { version }), entries: [], seen: {} });

/** Long enough for whatever is under way, and for nothing that waits for a clock. */
const settled = () => new Promise((done) => setTimeout(done, 30));

async function losesWhileWriting(): Promise<void> {
  await opens();
  desk.drafts.set(1, WORDS);
  await taken(2);
  expect([desk.open?.phase, kept()]).toEqual(['taken', [WORDS]]);
  forgetRequests();
}

async function isBack(shown: ConversationRow, drafts: Draft[] = []): Promise<void> {
  await answersWith(shown, drafts);
  await vi.waitUntil(() => desk.open?.phase === 'ready');
  await settled();
  expect([desk.drafts.get(1), kept()]).toEqual([WORDS, []]);
}

test('a conversation that a colleague had is shown again once it is given to me, with what I had not sent', async () => {
  await losesWhileWriting();
  await claimed(3);
  await isBack(attended(1, ANA, { version: 3 }));
});

test('what came back while nothing was heard is shown again once everything is fetched', async () => {
  await losesWhileWriting();
  await tell({ type: 'settings.changed' });
  await fetched(state([row(1, { version: 3 })]));
  await isBack(row(1, { version: 3 }));
});

test('what the server has as a draft, too, stands there once', async () => {
  await losesWhileWriting();
  await queued(3);
  await isBack(row(1, { version: 3 }), [{ id: 5, conversation: 1, mode: 'answer', body: WORDS, updated_at: 1, written_in: 1, caption: '', files: [] }]);
});

test('the draft that came back is replaced at the server, and deleted by nobody', async () => {
  await losesWhileWriting();
  await tell({ type: 'settings.changed' });
  const lost: Draft = { id: 9, conversation: null, mode: 'answer', body: WORDS, updated_at: 1, written_in: 1, caption: '', files: [] };
  await fetched({ ...state([]), drafts: [lost] });
  await queued(3);
  await isBack(row(1, { version: 3 }), [{ ...lost, conversation: 1 }]);
  expect(held.filter(({ method }) => method === 'DELETE')).toEqual([]);
});

test('an answer on its way and what was being written after it come back in their order', async () => {
  await opens();
  desk.send(1, 'First.');
  await vi.waitUntil(() => paths('/messages').length > 0);
  desk.drafts.set(1, 'Second, half');
  await taken(2);
  paths('/messages')[0]!.answer(TAKEN, 409);
  await vi.waitUntil(() => kept().length === 2);
  forgetRequests();
  await queued(3);
  await answersWith(row(1, { version: 3 }));
  await vi.waitUntil(() => desk.open?.phase === 'ready');
  await settled();
  expect(kept()).toEqual([]);
  expect(desk.drafts.get(1)).toBe('First.\n\nSecond, half');
});

test('words come back though the first look at what came back failed', async () => {
  await losesWhileWriting();
  await queued(3);
  await vi.waitUntil(() => paths('/conversations/1').length > 0);
  paths('/conversations/1')[0]!.fail();
  await vi.waitUntil(() => desk.open?.phase === 'failed');
  forgetRequests();
  await tell({ type: 'settings.changed' });
  await answersWith(row(1, { version: 3 }));
  await fetched(state([row(1, { version: 3 })]));
  await vi.waitUntil(() => desk.drafts.get(1) === WORDS);
  expect(kept()).toEqual([]);
});

test('words stay kept while it is closed in an open archive, and come back once its customer writes again', async () => {
  await losesWhileWriting();
  const closed = attended(1, BRUNO, { status: 'closed', version: 3, closed_at: 5 });
  await tell({ type: 'conversation.closed', conversation: closed, entries: [] });
  await answersWith(closed);
  await vi.waitUntil(() => desk.open?.phase === 'ready');
  await settled();
  expect([desk.drafts.get(1), kept()]).toEqual(['', [WORDS]]);
  await tell({ type: 'conversation.queued', conversation: row(1, { version: 4 }), entries: [entry(2)], seen: {} });
  expect([desk.open?.model?.conversation.status, desk.drafts.get(1), kept()]).toEqual(['waiting', WORDS, []]);
});

test('an event that is older than the loss changes nothing of what is shown', async () => {
  await losesWhileWriting();
  const before = desk.open;
  await tell({ type: 'message.posted', conversation: row(1, { version: 2 }), entries: [entry(2)] });
  await settled();
  expect([desk.open === before, held]).toEqual([true, []]);
});

test('a loss that is older than what was fetched removes nothing', async () => {
  await opens();
  desk.drafts.set(1, WORDS);
  await tell({ type: 'settings.changed' });
  await vi.waitUntil(() => paths('/desk').length > 0 && held.some(({ path }) => path.includes('/changes')));
  // Bruno takes it by mistake and gives it back, before the server reads what it answers.
  await taken(2);
  await queued(3);
  const conversation = row(1, { version: 3, former: BRUNO });
  const changes = { epoch: 'e1', start_over: false, conversation, entries: [], marks: [] };
  held.find(({ path }) => path.includes('/changes'))!.answer({ ...changes, circle: { lookers: [], mentionable: [] } });
  await fetched(state([conversation]));
  await settled();
  expect([waiting(), desk.open?.phase, desk.drafts.get(1), kept()]).toEqual([[1], 'ready', WORDS, []]);
});

test('a refused move that is older than the event that gave it to me takes nothing away', async () => {
  let refuse!: (why: ApiProblem) => void;
  const moving = desk.move(1, new Promise((_, reject) => (refuse = reject)));
  await taken(2);
  await claimed(3);
  forgetRequests();
  refuse(new ApiProblem(409, 'taken', [], { operator: TAKEN.operator }));
  expect(await moving).toBe(false);
  expect([desk.rows('attending').map(({ id }) => id), paths('/desk')]).toEqual([[1], []]);
});

test('a refused answer that is older than the event that gave it to me stands in the composer', async () => {
  await opens();
  desk.send(1, WORDS);
  await vi.waitUntil(() => paths('/messages').length > 0);
  const [sent] = paths('/messages');
  await taken(2);
  await claimed(3);
  await answersWith(attended(1, ANA, { version: 3 }));
  await vi.waitUntil(() => desk.open?.phase === 'ready');
  sent!.answer(TAKEN, 409);
  await vi.waitUntil(() => desk.drafts.get(1) === WORDS);
  expect([desk.rows('attending').map(({ id }) => id), desk.open?.phase, kept()]).toEqual([[1], 'ready', []]);
});

test('what I hand to others leaves the pane', async () => {
  await opens();
  expect(await desk.move(1, Promise.resolve(null))).toBe(true);
  expect([desk.open?.phase, waiting()]).toEqual(['left', []]);
});

test('the end of what goes on again takes no words', async () => {
  await claimed(5);
  desk.drafts.set(1, WORDS);
  await tell({ type: 'conversation.closed', conversation: attended(1, ANA, { version: 4 }), entries: [] });
  expect([desk.drafts.get(1), kept()]).toEqual([WORDS, []]);
});

test('what was typed without a connection is kept in sight when the conversation has gone where it is not mine', async () => {
  await opens();
  desk.drafts.set(1, WORDS);
  await tell({ type: 'settings.changed' });
  await vi.waitUntil(() => held.some(({ path }) => path.includes('/changes')));
  held.find(({ path }) => path.includes('/changes'))!.answer(GONE, 404);
  await fetched(state([]));
  expect([desk.open?.phase, desk.drafts.keptOf(1).answer, kept()]).toEqual(['left', WORDS, [WORDS]]);
});

test('what was sent without a connection stands before what was typed after it, in the pane and among the texts not sent', async () => {
  await opens();
  for (const words of ['First.', 'Second.']) desk.send(1, words);
  await vi.waitUntil(() => paths('/messages').length > 0);
  await new Promise((done) => setTimeout(done, 5));
  desk.drafts.set(1, 'Third, half');
  await tell({ type: 'conversation.left', id: 1, version: 2 });
  expect(kept()).toEqual(['Third, half']);
  for (const count of [1, 2]) {
    await vi.waitUntil(() => paths('/messages').length === count);
    paths('/messages')[count - 1]!.answer(GONE, 404);
  }
  await vi.waitUntil(() => kept().length === 3);
  expect([kept(), desk.drafts.keptOf(1).answer]).toEqual([
    ['First.', 'Second.', 'Third, half'],
    'First.\n\nSecond.\n\nThird, half',
  ]);
});

/** The rights of whoever has it open have changed: all is fetched anew, and the server has let go of the draft. */
async function losesTheRight(words: Draft[]): Promise<void> {
  const lost = Socket.last;
  lost.end(4403);
  await vi.waitUntil(() => Socket.last !== lost && Socket.last.onmessage, 3000);
  forgetRequests();
  await tell({ type: 'hello', epoch: 'e1' });
  await vi.waitUntil(() => paths('/conversations/1').length > 0);
  paths('/conversations/1')[0]!.answer(GONE, 404);
  await fetched({ ...state([]), rules: {}, drafts: words });
}

test('who is taken out of a department keeps in sight what they were writing, though the server has it as a draft', async () => {
  await opens();
  desk.drafts.set(1, WORDS);
  await vi.waitUntil(() => paths('/conversations/1/draft').length > 0, 2000);
  paths('/conversations/1/draft')[0]!.answer(null, 204);
  await settled();
  await losesTheRight([{ id: 9, conversation: null, mode: 'answer', body: WORDS, updated_at: 1, written_in: 1, caption: '', files: [] }]);
  expect([desk.open?.phase, desk.open?.department, desk.drafts.keptOf(1).answer]).toEqual(['left', 1, WORDS]);
  expect(desk.drafts.orphans).toMatchObject([{ id: 9, body: WORDS, from: 1, who: 'Customer 1' }]);
});

test('a text is named by its conversation, also where that was not open', async () => {
  desk.drafts.set(1, WORDS);
  await vi.waitUntil(() => paths('/conversations/1/draft').length > 0, 2000);
  paths('/conversations/1/draft')[0]!.answer(null, 204);
  await settled();
  await tell({ type: 'settings.changed' });
  await fetched({ ...state([]), drafts: [{ id: 9, conversation: null, mode: 'answer', body: WORDS, updated_at: 1, written_in: 1, caption: '', files: [] }] });
  expect(desk.drafts.orphans).toMatchObject([{ id: 9, body: WORDS, from: 1, who: 'Customer 1' }]);
  void desk.drafts.discard(desk.drafts.orphans[0]!);
  await vi.waitUntil(() => paths('/drafts/9').length > 0);
  paths('/drafts/9')[0]!.answer(null, 204);
  await vi.waitUntil(() => kept().length === 0);
});

test('and also where no pane shows it: the server says so when it is to keep the draft', async () => {
  desk.drafts.set(2, WORDS);
  await vi.waitUntil(() => paths('/conversations/2/draft').length > 0, 2000);
  paths('/conversations/2/draft')[0]!.answer(GONE, 404);
  await vi.waitUntil(() => kept().length > 0);
  expect([desk.drafts.get(2), kept()]).toEqual(['', [WORDS]]);
});

test('what is told twice is given once', async () => {
  const activity = { kind: 'assigned', operator: ANA } as never;
  const line = entry(2, { kind: 'activity', author: { kind: 'system', id: null }, activity });
  const event = { type: 'conversation.claimed', conversation: attended(1, ANA, { version: 2 }), entries: [line], seen: {} };
  await tell(event as never);
  const first = desk.connection.given;
  await tell(structuredClone(event) as never);
  expect([first?.id, desk.connection.given === first]).toEqual([1, true]);
});
