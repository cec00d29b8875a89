import { describe, expect, test } from 'vitest';
import * as model from '../src/state/conversation-model.ts';
import type { ConsoleEvent } from '@recado/shared/wire.ts';
import { ANA, attended, BRUNO, conversation, entry, LINE, mark, mine, NOBODY, posted, row } from './world.ts';

const open = () => model.fromState(conversation(row(1), [entry(1)]));
const seqs = (known: model.ConversationModel) => known.entries.map((one) => one.seq);

describe('events of the open conversation', () => {
  test('the next version applies with its entries', () => {
    const step = model.apply(open(), posted(row(1, { version: 2 }), entry(2)));
    expect([seqs(step.model), step.gap, step.model.conversation.version]).toEqual([[1, 2], false, 2]);
  });

  test('a version that is known already is ignored', () => {
    const known = open();
    expect(model.apply(known, posted(row(1, { version: 1 }), entry(9))).model).toBe(known);
  });

  test('a version that skips one is a gap and changes nothing', () => {
    const known = open();
    const step = model.apply(known, posted(row(1, { version: 3 }), entry(3)));
    expect([step.gap, step.model]).toEqual([true, known]);
  });

  test('events of another conversation pass by', () => {
    const known = open();
    expect(model.apply(known, posted(row(2, { version: 2 }), entry(2))).model).toBe(known);
  });

  test('taken names who attends it now', () => {
    const taken: ConsoleEvent = { type: 'conversation.taken', id: 1, version: 2, operator: BRUNO };
    expect(model.apply(open(), taken).taken).toBe(BRUNO);
    const later = model.fromState(conversation(row(1, { version: 2 }), []));
    expect(model.apply(later, taken).taken).toBeNull();
  });

  test('presence of its visitor shows', () => {
    const step = model.apply(open(), { type: 'visitor.presence', conversation: 1, online: false });
    expect(step.model.visitor.online).toBe(false);
  });
});

describe('read marks', () => {
  test('the visitor has seen up to the highest mark', () => {
    const read = (version: number, seq: number): ConsoleEvent => ({
      type: 'thread.read',
      conversation: 1,
      version,
      mark: mark('visitor', 101, seq),
    });
    const seen = model.apply(model.apply(open(), read(2, 4)).model, read(3, 2)).model;
    expect(model.seenByVisitor(seen)).toBe(4);
    expect(seen.conversation.version).toBe(3);
  });

  test("a colleague's mark is nobody else's", () => {
    const known = model.fromState(conversation(row(1), [entry(1)], [mark('operator', BRUNO, 5)]));
    expect([model.seenBy(known, ANA), model.seenBy(known, BRUNO), model.seenByVisitor(known)]).toEqual([0, 5, 0]);
  });

  test('a mark without a version needs none', () => {
    const step = model.apply(open(), {
      type: 'thread.read',
      conversation: 1,
      version: null,
      mark: mark('operator', ANA, 1),
    });
    expect([model.seenBy(step.model, ANA), step.model.conversation.version]).toEqual([1, 1]);
  });
});

describe('my own answer', () => {
  test('shows ahead of its event, which then brings the rest', () => {
    const answered = model.applyAnswer(open(), mine(3), attended(1, ANA));
    expect([seqs(answered), answered.conversation.status, answered.conversation.version]).toEqual([
      [1, 3],
      'attending',
      1,
    ]);
    const activity = entry(2, { kind: 'activity', activity: { ...LINE, kind: 'claimed', operator: ANA } });
    const told = model.apply(answered, {
      type: 'conversation.claimed', seen: {},
      conversation: attended(1, ANA),
      entries: [activity, mine(3)],
    });
    expect([seqs(told.model), told.gap, told.model.conversation.version]).toEqual([[1, 2, 3], false, 2]);
  });

  test('coming after its event it adds nothing', () => {
    const told = model.apply(open(), {
      type: 'conversation.claimed', seen: {},
      conversation: attended(1, ANA),
      entries: [mine(2)],
    }).model;
    expect(seqs(model.applyAnswer(told, mine(2), attended(1, ANA)))).toEqual([1, 2]);
  });
});

test('changes since a version give what fetching again gives', () => {
  const changed = model.applyChanges(open(), {
    epoch: 'e1',
    start_over: false,
    conversation: row(1, { version: 4 }),
    entries: [entry(2), entry(3)],
    marks: [mark('visitor', 101, 3)],
    circle: NOBODY,
  });
  const fetched = model.fromState(
    conversation(row(1, { version: 4 }), [entry(1), entry(2), entry(3)], [mark('visitor', 101, 3)]),
  );
  expect(changed).toEqual(fetched);
});

test('changes that arrive late do not turn the thread back', () => {
  const known = model.apply(open(), posted(row(1, { version: 2 }), entry(2))).model;
  const late = { epoch: 'e1', start_over: false, conversation: row(1), entries: [], marks: [], circle: NOBODY };
  expect(model.applyChanges(known, late)).toBe(known);
});

test('older entries come in front, once', () => {
  const known = model.fromState({ ...conversation(row(1), [entry(3), entry(4)]), more: true });
  const older = model.addOlder(known, { entries: [entry(1), entry(2), entry(3)], more: false, newer: true, anchor: null });
  expect([seqs(older), older.more]).toEqual([[1, 2, 3, 4], false]);
});
