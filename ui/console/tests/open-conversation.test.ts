import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fromState as lists } from '../src/state/desk-model.ts';
import { OpenConversation } from '../src/state/conversation.svelte.ts';
import { ANA, attended, BRUNO, conversation, desk, entry, mark, mine, NOBODY, posted, row } from './world.ts';

/** Answers by the end of the path; each request waits until it is let go. */
const held: { path: string; answer: (body: unknown, status?: number) => void }[] = [];
const next = async (end: string) => {
  await vi.waitUntil(() => held.some((one) => one.path.includes(end)));
  return held.splice(
    held.findIndex((one) => one.path.includes(end)),
    1,
  )[0]!;
};
const open = () => new OpenConversation(1, ANA, () => undefined);
const seqs = (one: OpenConversation) => one.model?.entries.map((known) => known.seq);

beforeEach(() => {
  held.length = 0;
  vi.stubGlobal(
    'fetch',
    (path: string) =>
      new Promise<Response>((resolve) => {
        held.push({
          path,
          answer: (body, status = 200) =>
            resolve(new Response(status === 204 ? null : JSON.stringify(body), { status })),
        });
      }),
  );
});
afterEach(() => vi.unstubAllGlobals());

test('events that come while it is fetched are not lost', async () => {
  const one = open();
  const loading = one.load(null);
  one.apply(posted(row(1, { version: 2 }), entry(2)));
  (await next('/conversations/1')).answer(conversation(row(1), [entry(1)]));
  await loading;
  expect([one.phase, seqs(one)]).toEqual(['ready', [1, 2]]);
});

test('a fetch for changes waits for the first fetch', async () => {
  const one = open();
  const loading = one.load(null);
  const changing = one.refetch(false);
  (await next('/conversations/1')).answer(conversation(row(1), [entry(1)]));
  (await next('since=1')).answer({
    epoch: 'e1',
    start_over: false,
    conversation: row(1, { version: 2 }),
    entries: [entry(2)],
    marks: [],
  });
  await Promise.all([loading, changing]);
  expect(seqs(one)).toEqual([1, 2]);
});

test('taken while it is open: nothing of the customer stays', async () => {
  const one = open();
  const loading = one.load(null);
  (await next('/conversations/1')).answer(conversation(row(1), [entry(1)]));
  await loading;
  one.apply({ type: 'conversation.taken', id: 1, version: 2, operator: BRUNO });
  expect([one.phase, one.takenBy, one.model]).toEqual(['taken', BRUNO, null]);
});

test('what may no longer be seen is gone at the next fetch', async () => {
  const one = open();
  const loading = one.load(null);
  (await next('/conversations/1')).answer(conversation(row(1), [entry(1)]));
  await loading;
  const changing = one.refetch(false);
  (await next('/changes')).answer({ code: 'not_found' }, 404);
  await changing;
  expect([one.phase, one.model]).toEqual(['missing', null]);
});

test('a failure at first is told apart from what is not there', async () => {
  const one = open();
  const loading = one.load(null);
  (await next('/conversations/1')).answer({ code: 'busy' }, 503);
  await loading;
  expect(one.phase).toBe('failed');
});

test('the "new" line stands after what I had seen, only where something is new', async () => {
  const seen = async (count: number) => {
    const one = open();
    const state = conversation(
      row(1, { inbound_count: 3 }),
      [entry(1), entry(2), entry(3)],
      [mark('operator', ANA, 2, 2)],
    );
    const loading = one.load(lists(desk([state.conversation], [], { seen: { '1': count } })));
    (await next('/conversations/1')).answer(state);
    await loading;
    return one.newAfter;
  };
  expect([await seen(2), await seen(3)]).toEqual([2, null]);
});

test('what a fetch brings after a later one has begun changes nothing', async () => {
  const one = open();
  const loading = one.load(null);
  (await next('/conversations/1')).answer(conversation(row(1), [entry(1)]));
  await loading;
  let current = true;
  const changing = one.refetch(true, () => current);
  const late = await next('/conversations/1');
  current = false;
  late.answer(conversation(row(1), [entry(1)]));
  await changing;
  expect(one.model).toBeNull();
  const again = one.refetch(false);
  (await next('/conversations/1')).answer(conversation(row(1, { version: 2 }), [entry(1), entry(2)]));
  await again;
  expect(seqs(one)).toEqual([1, 2]);
});

test.each(['the answer that claims it', 'the move that claims it'])(
  'who may be mentioned is asked when it goes to other readers, also where its event comes after %s',
  async (first) => {
    const one = open();
    const loading = one.load(null);
    const before = { ...conversation(row(1), [entry(1)]), circle: { lookers: [], mentionable: [ANA, BRUNO] } };
    (await next('/conversations/1')).answer(before);
    await loading;
    if (first === 'the answer that claims it') one.answered(mine(2), attended(1, ANA));
    else one.moved(attended(1, ANA));
    const circle = { ...NOBODY, mentionable: [ANA] };
    const changes = { epoch: 'e1', start_over: false, conversation: attended(1, ANA), entries: [], marks: [], circle };
    (await next('since=1')).answer(changes);
    await vi.waitUntil(() => one.model?.circle.mentionable.length === 1);
  },
);

test('who may be mentioned is asked again where an event overtakes what was asked', async () => {
  const one = open();
  const loading = one.load(null);
  (await next('/conversations/1')).answer(conversation(row(1), [entry(1)]));
  await loading;
  const changing = one.refetch(false);
  const slow = await next('since=1');
  one.apply(posted(row(1, { version: 2 }), entry(2)));
  const changes = { epoch: 'e1', start_over: false, conversation: row(1), entries: [], marks: [], circle: NOBODY };
  slow.answer(changes);
  const circle = { ...NOBODY, mentionable: [ANA] };
  (await next('since=2')).answer({ ...changes, conversation: row(1, { version: 2 }), circle });
  await changing;
  expect([seqs(one), one.model?.circle.mentionable]).toEqual([[1, 2], [ANA]]);
});

test('older entries that come after all was fetched anew leave no hole', async () => {
  const one = open();
  const loading = one.load(null);
  const newest = [51, 52].map((seq) => entry(seq));
  (await next('/conversations/1')).answer({ ...conversation(row(1, { version: 52, seq: 52 }), newest), more: true });
  await loading;
  const older = one.loadOlder();
  const page = await next('before=51');
  const anew = one.refetch(true);
  const later = [351, 352].map((seq) => entry(seq));
  (await next('/conversations/1')).answer({ ...conversation(row(1, { version: 352, seq: 352 }), later), more: true });
  await anew;
  page.answer({ entries: [49, 50].map((seq) => entry(seq)), more: false, newer: true, anchor: null });
  await older;
  expect([seqs(one), one.model?.more]).toEqual([[351, 352], true]);
  const again = one.loadOlder();
  (await next('before=351')).answer({ entries: [entry(350)], more: true, newer: true, anchor: null });
  await again;
  expect(seqs(one)).toEqual([350, 351, 352]);
});
