/** The desk at its socket: what is fetched, what comes meanwhile, and what stands in the lists in the end. */
import { expect, test, vi } from 'vitest';
import { lookIn } from '../src/features/desk/doing.ts';
import { Socket } from './socket.ts';
import { desk, fetched, forgetRequests, kept, paths, staged, tell, waiting } from './staged-desk.ts';
import { ANA, attended, BRUNO, conversation, desk as state, entry, LINE, mine, row } from './world.ts';

staged();

test('what comes while changed settings are fetched is not lost, and what has gone stays gone', async () => {
  expect(waiting()).toEqual([1]);
  await tell({ type: 'settings.changed' });
  await tell({ type: 'conversation.opened', conversation: row(2), entries: [] });
  await tell({ type: 'conversation.taken', id: 1, version: 2, operator: BRUNO });
  await fetched(state([row(1)]));
  expect(waiting()).toEqual([2]);
});

test('a desk where something always happens still counts, at most every half second', async () => {
  await tell({ type: 'settings.changed' });
  await fetched(state([row(1)], [], { next: 'more' }));
  vi.useFakeTimers();
  for (let id = 2; id < 12; id += 1) {
    await tell({ type: 'conversation.opened', conversation: row(id), entries: [] });
    await vi.advanceTimersByTimeAsync(200);
  }
  expect(paths('/counts').length).toBeGreaterThanOrEqual(3);
  expect(paths('/counts').length).toBeLessThanOrEqual(4);
});

test('counts that were asked for before everything was fetched again are not shown after it', async () => {
  const counted = (waiting: number) => ({ waiting, attending: 0, paused: 0, unread: 0 });
  await tell({ type: 'settings.changed' });
  await fetched(state([row(1)], [], { next: 'more', counts: counted(5) }));
  await tell({ type: 'conversation.opened', conversation: row(2), entries: [] });
  await vi.waitUntil(() => paths('/counts').length === 1);
  await tell({ type: 'settings.changed' });
  await fetched(state([row(1)], [], { next: 'more', counts: counted(7) }));
  paths('/counts')[0]!.answer(counted(6));
  await new Promise((done) => setTimeout(done));
  expect(desk.total('waiting')).toBe(7);
  await tell({ type: 'conversation.opened', conversation: row(3), entries: [] });
  await vi.waitUntil(() => paths('/counts').length === 2);
  paths('/counts')[1]!.answer(counted(8));
  await vi.waitUntil(() => desk.total('waiting') === 8);
});

test('what is opened by its address stands in the list beside it, once everything is fetched', async () => {
  await tell({ type: 'settings.changed' });
  await fetched(state([row(1)], [attended(2, ANA)]));
  expect(desk.list).toBe('waiting');
  void desk.select(2);
  await vi.waitUntil(() => paths('/conversations/2').length > 0);
  paths('/conversations/2')[0]!.answer(conversation(attended(2, ANA), [entry(1)]));
  await vi.waitUntil(() => desk.list === 'attending');
});

test('what one answers to is kept while one is in another conversation, unless it is deleted meanwhile', async () => {
  const shown = async (id: number, ...entries: ReturnType<typeof entry>[]) => {
    void desk.select(id);
    await vi.waitUntil(() => paths(`/conversations/${id}`).length > 0);
    paths(`/conversations/${id}`)[0]!.answer(conversation(row(id), entries));
    await vi.waitUntil(() => desk.open?.id === id && desk.open.model);
    forgetRequests();
  };
  await shown(1, entry(1));
  desk.open!.quotation.entry = entry(1);
  await shown(2, entry(1));
  expect(desk.open!.quotation.entry).toBe(null);
  await shown(1, entry(1));
  expect(desk.open!.quotation.take('answer')).toEqual({ quote: 1 });
  desk.open!.quotation.entry = entry(1);
  await shown(2);
  await shown(1, entry(1, { gone: 'deleted' }));
  expect(desk.open!.quotation.entry).toBe(null);
});

test('words for a conversation that has been closed are kept as words that were not sent', async () => {
  desk.drafts.set(1, 'Half an answer');
  const conversation = attended(1, ANA, { status: 'closed', version: 2 });
  await tell({ type: 'conversation.closed', conversation, entries: [] });
  expect(desk.drafts.get(1)).toBe('');
  expect(desk.drafts.orphans.map(({ body }) => body)).toContain('Half an answer');
});

/** An answer of mine is on its way when a colleague gets the conversation. */
async function answeringWhatIsTaken(body: string): Promise<void> {
  desk.send(1, body);
  await vi.waitUntil(() => paths('/messages').length > 0);
  await tell({ type: 'conversation.taken', id: 1, version: 2, operator: BRUNO });
  expect([waiting(), kept()]).toEqual([[], expect.not.arrayContaining([body])]);
}

test('an answer that had been stored is sent, though a colleague has the conversation by now', async () => {
  await answeringWhatIsTaken('It is on its way');
  paths('/messages')[0]!.answer({ entry: mine(2), conversation: null });
  await vi.waitUntil(() => desk.sender.items.length === 0);
  expect([waiting(), kept()]).toEqual([[], expect.not.arrayContaining(['It is on its way'])]);
});

test.each([
  ['a colleague has it', { code: 'taken', operator: { id: BRUNO, name: 'Bruno' } }, 409],
  ['it is not mine to read', { code: 'not_found' }, 404],
])('an answer that had not been stored is kept as not sent: %s', async (_, problem, status) => {
  await answeringWhatIsTaken(`Late: ${problem.code}`);
  paths('/messages')[0]!.answer(problem, status);
  await vi.waitUntil(() => desk.sender.items.length === 0);
  expect(kept()).toContain(`Late: ${problem.code}`);
});

test('when nobody is signed in any more, nothing of a customer stays, and my own words do', async () => {
  desk.drafts.set(1, 'Half an answer');
  void desk.select(1);
  await vi.waitUntil(() => paths('/conversations/1').length > 0);
  paths('/conversations/1')[0]!.answer(conversation(row(1), [entry(1)]));
  await vi.waitUntil(() => desk.open?.model != null);
  desk.veil();
  expect([desk.model, desk.open?.model, desk.signs.online.size]).toEqual([null, null, 0]);
  expect(desk.drafts.get(1)).toBe('Half an answer');
  forgetRequests();
  desk.unveil();
  await vi.waitUntil(() => paths('/conversations/1').length > 0);
  paths('/conversations/1')[0]!.answer(conversation(row(1), [entry(1)]));
  await fetched(state([row(1)]));
  expect([waiting(), desk.open?.model?.entries.length]).toEqual([[1], 1]);
});

test.each([
  ['a colleague has taken it', { type: 'conversation.taken', id: 1, version: 2, operator: BRUNO }],
  ['it has left my departments', { type: 'conversation.left', id: 1, version: 2 }],
] as const)('when %s, nothing is known any more of who looks, writes or is there', async (_, event) => {
  await tell({ type: 'looking', conversation: 1, operators: [BRUNO] });
  await tell({ type: 'visitor.presence', conversation: 1, online: true });
  await tell({ type: 'typing', conversation: 1, author: { kind: 'visitor', id: 501 } });
  const signs = () => [desk.signs.looking.has(1), desk.signs.online.has(1), desk.signs.typing.has(1)];
  expect(signs()).toEqual([true, true, true]);
  await tell(event);
  expect(signs()).toEqual([false, false, false]);
});

test('whoever goes from the desk to another page of the console says that they look at nothing any more', async () => {
  const said = vi.spyOn(Socket.prototype, 'send').mockClear();
  void desk.select(1);
  expect(said.mock.calls.flat()).toEqual([JSON.stringify({ type: 'looking', conversation: 1 })]);
  desk.stop();
  expect(said.mock.calls.flat().at(-1)).toBe(JSON.stringify({ type: 'looking', conversation: null }));
});

test('what I look into is opened once, though its event is quicker than the answer: leaving it would end that', async () => {
  void desk.select(1);
  await vi.waitUntil(() => paths('/conversations/1').length > 0);
  paths('/conversations/1')[0]!.answer({ code: 'taken', operator: { id: BRUNO, name: 'Bruno' } }, 409);
  await vi.waitUntil(() => desk.open?.phase === 'taken');
  forgetRequests();
  const said = vi.spyOn(Socket.prototype, 'send').mockClear();
  const looking = lookIn(desk, 1);
  await vi.waitUntil(() => paths('/look-in').length > 0);
  await tell({ type: 'message.posted', conversation: attended(1, BRUNO, { version: 3 }), entries: [entry(2, { rev: 3 })] });
  await vi.waitUntil(() => paths('/conversations/1').length > 0);
  paths('/look-in')[0]!.answer({ conversation: attended(1, BRUNO, { version: 3 }) });
  await looking;
  expect(paths('/conversations/1').length).toBe(1);
  expect(said.mock.calls.flat().at(-1)).toBe(JSON.stringify({ type: 'looking', conversation: 1 }));
  expect(said.mock.calls.flat().filter((frame) => String(frame).includes(':1')).length).toBe(1);
});

test('a store that takes nothing is shown until it is well, also to a page that comes meanwhile', async () => {
  expect(desk.connection.unstored).toBe(false);
  await tell({ type: 'store.changed', well: false });
  expect(desk.connection.unstored).toBe(true);
  await tell({ type: 'store.changed', well: true });
  expect(desk.connection.unstored).toBe(false);
  await tell({ type: 'store.changed', well: false });
  desk.stop();
  desk.start();
  await vi.waitUntil(() => !desk.connection.unstored);
  await vi.waitUntil(() => Socket.last.onmessage);
  await tell({ type: 'hello', epoch: 'e1' });
  await tell({ type: 'store.changed', well: false });
  await fetched(state([row(1)]));
  expect(desk.connection.unstored).toBe(true);
});

test('what others give me is told, and what I take myself is not', async () => {
  const claimed = (by: number, kind: 'transferred' | 'claimed') => ({
    type: 'conversation.claimed' as const,
    conversation: attended(1, ANA, { version: 2 }),
    entries: [entry(2, { author: { kind: 'operator', id: by }, kind: 'activity', activity: { ...LINE, kind, operator: by, to: ANA } })],
    seen: {},
  });
  await tell(claimed(ANA, 'claimed'));
  expect(desk.connection.given).toBe(null);
  await tell({ ...claimed(BRUNO, 'transferred'), conversation: attended(1, ANA, { version: 3 }) });
  expect(desk.connection.given?.id).toBe(1);
});
