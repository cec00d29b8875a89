import { describe, expect, test } from 'vitest';
import * as model from '../src/state/desk-model.ts';
import { rowsOf } from '../src/state/list-rows.ts';
import type { ConsoleEvent, ConversationRow } from '@recado/shared/wire.ts';
import { ANA, attended, BRUNO, desk, mark, posted, row, RULES, T0 } from './world.ts';

const ids = (rows: readonly ConversationRow[]) => rows.map((one) => one.id);
const after = (state: model.DeskModel, ...events: ConsoleEvent[]) =>
  events.reduce((known, event) => model.apply(known, event).model, state);

describe('the lists', () => {
  test('waiting shows the longest wait first, attending what happened last', () => {
    const state = model.fromState(
      desk([row(3), row(1), row(2)], [attended(4, ANA), attended(5, ANA, { last_at: T0 + 9e9 })]),
    );
    expect(ids(rowsOf(state, 'waiting'))).toEqual([1, 2, 3]);
    expect(ids(rowsOf(state, 'attending'))).toEqual([5, 4]);
  });

  test('a new conversation appears in Waiting', () => {
    const state = after(model.fromState(desk([row(1)])), {
      type: 'conversation.opened',
      conversation: row(2),
      entries: [],
    });
    expect(ids(rowsOf(state, 'waiting'))).toEqual([1, 2]);
    expect(model.countOf(state, 'waiting')).toBe(2);
  });

  test('an answer of mine moves the row to Attending', () => {
    const state = after(model.fromState(desk([row(1), row(2)])), {
      type: 'conversation.claimed', seen: {},
      conversation: attended(1, ANA),
      entries: [],
    });
    expect(ids(rowsOf(state, 'waiting'))).toEqual([2]);
    expect(ids(rowsOf(state, 'attending'))).toEqual([1]);
  });

  test('what a colleague takes leaves all lists', () => {
    const state = after(model.fromState(desk([row(1), row(2)])), {
      type: 'conversation.taken',
      id: 1,
      version: 2,
      operator: BRUNO,
    });
    expect(ids(rowsOf(state, 'waiting'))).toEqual([2]);
    expect(state.rows.has(1)).toBe(false);
  });

  test('a row that says a colleague attends it is not shown either', () => {
    const state = after(model.fromState(desk([row(1)])), posted(attended(1, BRUNO)));
    expect(state.rows.size).toBe(0);
  });

  test('a closed one joins Closed once that list has been looked at', () => {
    const closed: ConsoleEvent = {
      type: 'conversation.closed',
      conversation: attended(1, ANA, { status: 'closed', version: 3 }),
      entries: [],
    };
    const state = model.fromState(desk([], [attended(1, ANA)]));
    expect(after(state, closed).rows.size).toBe(0);
    const looked = model.addPage(state, 'closed', { items: [], seen: {}, next: null });
    expect(ids(rowsOf(after(looked, closed), 'closed'))).toEqual([1]);
  });
});

describe('versions', () => {
  test('what is known already changes nothing', () => {
    const state = model.fromState(desk([row(1, { version: 5, excerpt: 'new' })]));
    expect(after(state, posted(row(1, { version: 5, excerpt: 'old' })))).toBe(state);
    expect(after(state, { type: 'conversation.taken', id: 1, version: 5, operator: BRUNO })).toBe(state);
  });

  test('a row comes whole, so one that skips versions still applies', () => {
    const step = model.apply(model.fromState(desk([row(1)])), posted(row(1, { version: 9, excerpt: 'later' })));
    expect([step.gap, step.model.rows.get(1)?.excerpt]).toEqual([false, 'later']);
  });

  test('a read mark that skips a version asks for a fetch', () => {
    const state = model.fromState(desk([row(1)]));
    const read = (version: number): ConsoleEvent => ({
      type: 'thread.read',
      conversation: 1,
      version,
      mark: mark('visitor', 101, 1),
    });
    expect(model.apply(state, read(3)).gap).toBe(true);
    expect(model.apply(state, read(2)).model.rows.get(1)?.version).toBe(2);
  });

  test('what comes late, by event or by page, does not bring back what a colleague has taken', () => {
    const gone: ConsoleEvent = { type: 'conversation.taken', id: 1, version: 7, operator: BRUNO };
    const state = after(model.fromState(desk([row(1, { version: 5 })])), gone, posted(row(1, { version: 6 })));
    expect(state.rows.size).toBe(0);
    expect(model.addPage(state, 'waiting', { items: [row(1, { version: 6 })], seen: {}, next: null }).rows.size).toBe(
      0,
    );
    expect(ids(rowsOf(after(state, posted(row(1, { version: 8 }))), 'waiting'))).toEqual([1]);
  });

  test('my own answer shows at once, and its event still applies', () => {
    const answered = model.withAnswer(model.fromState(desk([row(1)])), attended(1, ANA));
    expect(ids(rowsOf(answered, 'attending'))).toEqual([1]);
    const told = after(answered, {
      type: 'conversation.claimed', seen: {},
      conversation: attended(1, ANA, { excerpt: 'told' }),
      entries: [],
    });
    expect(told.rows.get(1)).toMatchObject({ excerpt: 'told', version: 2 });
  });

  test('a fetched page does not undo what an event has told since', () => {
    const state = after(model.fromState(desk([row(1)])), posted(row(1, { version: 4, excerpt: 'newest' })));
    const paged = model.addPage(state, 'waiting', { items: [row(1, { version: 2 })], seen: {}, next: null });
    expect(paged.rows.get(1)?.excerpt).toBe('newest');
  });
});

describe('unread', () => {
  test('is what came in less what I have seen', () => {
    const state = model.fromState(desk([row(1, { inbound_count: 3 })], [], { seen: { '1': 1 } }));
    expect(model.unreadOf(state, state.rows.get(1)!)).toBe(2);
  });

  test('goes when I read it elsewhere, and a colleague reading changes nothing', () => {
    const state = model.fromState(desk([row(1, { inbound_count: 3 })]));
    const theirs = after(state, {
      type: 'thread.read',
      conversation: 1,
      version: null,
      mark: mark('operator', BRUNO, 3, 3),
    });
    expect(model.unreadOf(theirs, theirs.rows.get(1)!)).toBe(3);
    const own = after(theirs, {
      type: 'thread.read',
      conversation: 1,
      version: null,
      mark: mark('operator', ANA, 3, 3),
    });
    expect(model.unreadOf(own, own.rows.get(1)!)).toBe(0);
  });

  test('what is unread in what I attend is for me to look at, and what waits is counted with the list', () => {
    const rows = [attended(1, ANA, { inbound_count: 3 }), attended(2, ANA, { inbound_count: 2 })];
    const state = model.fromState(desk([row(3, { inbound_count: 1 })], rows, { seen: { '1': 1, '2': 2 } }));
    expect([model.newsIn(state), model.countOf(state, 'waiting')]).toEqual([1, 1]);
  });

  test('never grows back when marks arrive out of order', () => {
    const state = model.withSeen(model.fromState(desk([row(1, { inbound_count: 3 })])), 1, 3);
    expect(model.withSeen(state, 1, 2)).toBe(state);
  });
});

describe('a list that is not complete', () => {
  const partial = () =>
    model.fromState(desk([row(1), row(3)], [], { next: 'cursor', counts: { waiting: 500, attending: 0, paused: 0, unread: 0 } }));

  test('is counted by the server', () => {
    expect(model.countOf(partial(), 'waiting')).toBe(500);
    expect(model.countsUnsure(partial())).toBe(true);
  });

  test('takes what belongs between its rows, not what lies beyond them', () => {
    const state = after(partial(), posted(row(2)), posted(row(9)));
    expect(ids(rowsOf(state, 'waiting'))).toEqual([1, 2, 3]);
  });
});

test('state before and its events give the state fetched again', () => {
  const before = model.fromState(desk([row(1), row(2)], [attended(3, ANA)]));
  const told = after(
    before,
    posted(row(2, { version: 2, inbound_count: 2, excerpt: 'Otra' })),
    { type: 'conversation.claimed', seen: {}, conversation: attended(1, ANA, { excerpt: 'Voy' }), entries: [] },
    { type: 'conversation.opened', conversation: row(6), entries: [] },
    { type: 'conversation.taken', id: 6, version: 2, operator: BRUNO },
    { type: 'conversation.closed', conversation: attended(3, ANA, { status: 'closed', version: 3 }), entries: [] },
  );
  const fetched = model.fromState(
    desk([row(2, { version: 2, inbound_count: 2, excerpt: 'Otra' })], [attended(1, ANA, { excerpt: 'Voy' })]),
  );
  for (const list of ['waiting', 'attending'] as const) {
    expect(rowsOf(told, list)).toEqual(rowsOf(fetched, list));
    expect(model.countOf(told, list)).toBe(model.countOf(fetched, list));
  }
});

describe('what has ended', () => {
  const ended = (id: number, operator: number, changes: Partial<ConversationRow> = {}) =>
    attended(id, operator, { status: 'closed', closed_at: T0 + id, ...changes });
  const opened = (rules = { ...RULES, archive: true }): model.DeskModel =>
    model.fromState({ ...desk([row(1)]), rules: { 1: rules } });
  const withBoth = (next: string | null = null): model.DeskModel => {
    const mine = model.addPage(opened(), 'closed', { items: [ended(5, ANA)], seen: {}, next });
    return model.addPage(mine, 'archive', { items: [ended(6, BRUNO), ended(5, ANA)], seen: {}, next });
  };

  test('mine stands in Closed and in the archive, a colleague’s in the archive alone', () => {
    expect([ids(rowsOf(withBoth(), 'closed')), ids(rowsOf(withBoth(), 'archive'))]).toEqual([[5], [6, 5]]);
    const told = after(withBoth(), { type: 'conversation.closed', conversation: ended(7, BRUNO), entries: [] });
    expect([ids(rowsOf(told, 'closed')), ids(rowsOf(told, 'archive'))]).toEqual([[5], [7, 6, 5]]);
  });

  test('is in the order in which it ended, whatever was noted on it since', () => {
    const told = after(withBoth(), posted(ended(5, ANA, { version: 3, last_at: T0 + 9e9 })));
    expect(ids(rowsOf(told, 'archive'))).toEqual([6, 5]);
  });

  test('one of mine that only a far page of the archive tells leaves no hole in Closed', () => {
    const far = model.addPage(withBoth('more'), 'archive', { items: [ended(2, ANA)], seen: {}, next: null });
    expect([ids(rowsOf(far, 'closed')), ids(rowsOf(far, 'archive'))]).toEqual([[5], [6, 5, 2]]);
  });

  test('leaves both lists when it waits again, and when a colleague takes it up', () => {
    const again = after(withBoth(), posted(row(5, { version: 9, former: ANA })));
    expect([ids(rowsOf(again, 'closed')), ids(rowsOf(again, 'archive'))]).toEqual([[], [6]]);
    const taken = after(withBoth(), { type: 'conversation.taken', id: 6, version: 9, operator: BRUNO });
    expect(ids(rowsOf(taken, 'archive'))).toEqual([5]);
  });

  test('of an archive that is shut nothing stays, and what is mine does', () => {
    const shut = model.fromState({ ...desk([row(1)]), rules: { 1: RULES } }, withBoth());
    expect([shut.archive.size, shut.next.archive, ids(rowsOf(shut, 'closed'))]).toEqual([0, undefined, [5]]);
  });
});
