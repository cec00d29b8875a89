/** A window on a long thread: it moves both ways, keeps no more than it must, and has no holes. */
import type { EntryPage } from '@recado/shared/wire.ts';
import { expect, test } from 'vitest';
import * as model from '../src/state/conversation-model.ts';
import { arrange, type GroupKeys } from '../src/state/thread-view.ts';
import { ANA, conversation, entry, NOBODY, posted, row } from './world.ts';

const LONG = row(1, { seq: 900, version: 900 });
const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, place) => entry(first + place));
const page = (first: number, last: number, changes: Partial<EntryPage> = {}): EntryPage => ({
  entries: from(first, last),
  more: first > 1,
  newer: last < 900,
  anchor: null,
  ...changes,
});
const opened = () => model.fromState({ ...conversation(LONG, from(851, 900)), more: true });
const edges = (of: model.ConversationModel) => [of.entries[0]!.seq, of.entries.at(-1)!.seq, of.more, of.newer];
const next = (seq: number) => posted({ ...LONG, seq, version: seq }, entry(seq));

test('it moves to another place and back to the end', () => {
  const there = model.moveTo(opened(), page(400, 449, { anchor: 425 }));
  expect(edges(there)).toEqual([400, 449, true, true]);
  expect(edges(model.addNewer(there, page(450, 489)))).toEqual([400, 489, true, true]);
  expect(edges(model.addOlder(there, page(360, 399)))).toEqual([360, 449, true, true]);
  expect(edges(model.moveTo(there, page(851, 900)))).toEqual([851, 900, true, false]);
});

test('what is posted while one is elsewhere does not stand beside old entries, and is fetched on the way back', () => {
  const there = model.moveTo(opened(), page(400, 449));
  const step = model.apply(there, next(901));
  expect([step.gap, step.model.conversation.seq]).toEqual([false, 901]);
  expect(edges(step.model)).toEqual([400, 449, true, true]);
  const late = model.addNewer(step.model, page(450, 900));
  expect(edges(late)).toEqual([400, 900, true, true]);
  expect(edges(model.addNewer(late, page(901, 901)))).toEqual([400, 901, true, false]);
});

test('at the end what is posted is shown', () => {
  expect(edges(model.apply(opened(), next(901)).model)).toEqual([851, 901, true, false]);
});

test('a change of an entry before the window does not tear a hole into it', () => {
  const changed = { ...entry(3), rev: 901, body: 'changed' };
  const longer = { ...LONG, version: 901 };
  const changes = { epoch: 'e1', start_over: false, conversation: longer, entries: [changed], marks: [], circle: NOBODY };
  expect(edges(model.applyChanges(opened(), changes))).toEqual([851, 900, true, false]);
});

test('it keeps what is near the entries in view, and lets go of what is far', () => {
  const long = model.addOlder(opened(), page(501, 850));
  expect(edges(model.trim(long, 200, [510, 520]))).toEqual([501, 700, true, true]);
  expect(edges(model.trim(long, 200, [890, 900]))).toEqual([701, 900, true, false]);
  expect(model.trim(long, 400, [890, 900])).toBe(long);
  expect(edges(model.trim(long, 50, [600, 800]))).toEqual([501, 800, true, true]);
});

test('a group that grows at its beginning stays the same group', () => {
  const keys: GroupKeys = new Map();
  const view = { pending: [], me: ANA, seen: () => false, newAfter: null };
  const grouped = (entries: ReturnType<typeof from>) =>
    arrange({ ...view, entries }, keys)
      .filter((item) => item.kind === 'group')
      .map((item) => item.key);
  const [before] = grouped(from(10, 12));
  expect(grouped(from(8, 12))).toEqual([before]);
  const torn = grouped([...from(8, 10), entry(11, { author: { kind: 'operator', id: ANA } }), entry(12)]);
  expect(torn[0]).toBe(before);
  expect(new Set(torn).size).toBe(3);
});
