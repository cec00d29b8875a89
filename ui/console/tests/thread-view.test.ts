import { describe, expect, test } from 'vitest';
import { arrange, type Item, type View } from '../src/state/thread-view.ts';
import { ANA, BRUNO, entry, LINE, mine, T0 } from './world.ts';

const DAY = 86_400_000_000;
const upTo =
  (last: number) =>
  (seq: number): boolean =>
    seq <= last;
const view = (changes: Partial<View>): View => ({
  entries: [],
  pending: [],
  me: ANA,
  seen: upTo(0),
  newAfter: null,
  ...changes,
});
const groups = (items: Item[]) => items.filter((item) => item.kind === 'group');
const kinds = (items: Item[]) => items.map((item) => item.kind);

describe('what has become of it', () => {
  test('what was taken back is not drawn, and what was deleted leaves its place', () => {
    const items = arrange(view({ entries: [entry(1), mine(2, { gone: 'undone' }), mine(3, { gone: 'deleted', body: '' })] }));
    expect(groups(items).flatMap(({ bubbles }) => bubbles.map(({ seq, gone }) => [seq, gone]))).toEqual([
      [1, null],
      [3, 'deleted'],
    ]);
    expect(kinds(arrange(view({ entries: [entry(1, { gone: 'undone' })] })))).toEqual([]);
  });

  test('what is on its way shows what it answers to', () => {
    const pending = [{ id: 'p', thread: '1', body: 'Sí', extra: { quote: 1 }, at: T0 / 1000, state: 'sending' as const, reason: null }];
    const [group] = groups(arrange(view({ entries: [entry(1, { body: '*Hola*' })], pending }))).slice(-1);
    expect(group!.bubbles[0]!.quote).toMatchObject({ seq: 1, text: '*Hola*', author: { kind: 'visitor' } });
  });
});

describe('grouping', () => {
  test('one author within five minutes is one group', () => {
    const items = arrange(view({ entries: [entry(1), entry(2), entry(3, { at: T0 + 20 * 60_000_000 })] }));
    expect(groups(items).map((group) => group.bubbles.length)).toEqual([2, 1]);
  });

  test('no two have the same key, also where one comes apart behind what goes before it', () => {
    const keys = new Map<string, string>();
    const unsent = (id: string, at: number, state: 'sending' | 'failed') => ({ id, thread: '1', body: id, extra: null, at: at / 1000, state, reason: null });
    const [one, other] = [unsent('one', T0 + 1_000_000, 'sending'), unsent('other', T0 + 2_000_000, 'sending')];
    expect(groups(arrange(view({ entries: [entry(1)], pending: [one, other] }), keys)).map(({ bubbles }) => bubbles.length)).toEqual([1, 2]);
    const entries = [entry(1), mine(2, { at: T0 + 3_000_000, client_id: 'other' }), entry(3, { at: T0 + 4_000_000 })];
    const apart = groups(arrange(view({ entries, pending: [one] }), keys));
    expect(apart.map(({ bubbles }) => bubbles.map(({ key }) => key).slice(-1))).toEqual([[apart[0]!.bubbles[0]!.key], ['other'], [apart[2]!.bubbles[0]!.key], ['one']]);
    expect(new Set(apart.map(({ key }) => key)).size).toBe(apart.length);
  });

  test('another author begins another group', () => {
    const theirs = entry(3, { author: { kind: 'operator', id: BRUNO } });
    const items = arrange(view({ entries: [entry(1), mine(2), theirs] }));
    expect(groups(items).map((group) => group.mine)).toEqual([false, true, false]);
  });

  test('each day has its line', () => {
    const items = arrange(view({ entries: [entry(1), entry(2, { at: T0 + 2 * DAY })] }));
    expect(kinds(items)).toEqual(['day', 'group', 'day', 'group']);
  });

  test('what happened stands between the groups', () => {
    const claimed = entry(2, { kind: 'activity', activity: { ...LINE, kind: 'claimed', operator: ANA } });
    expect(kinds(arrange(view({ entries: [entry(1), claimed, mine(3)] })))).toEqual([
      'day',
      'group',
      'activity',
      'group',
    ]);
  });

  test('the "new" line stands before the first unseen message of others', () => {
    const items = arrange(view({ entries: [entry(1), mine(2), entry(3), entry(4)], newAfter: 1 }));
    expect(kinds(items)).toEqual(['day', 'group', 'group', 'new', 'group']);
  });
});

test('what could not be sent stays where it was written, and what is on its way is last', () => {
  const unsent = { thread: '1', extra: null, at: T0 / 1000 + 90_000, reason: 'too_large' } as const;
  const failed = { ...unsent, id: 'failed', body: 'Too much', state: 'failed' } as const;
  const onTheWay = { ...unsent, id: 'going', body: 'Soon', state: 'sending' } as const;
  const items = arrange(view({ entries: [entry(1), entry(2), entry(3)], pending: [failed, onTheWay] }));
  expect(groups(items).flatMap((group) => group.bubbles.map((bubble) => bubble.body))).toEqual([
    'Text 1',
    'Too much',
    'Text 2',
    'Text 3',
    'Soon',
  ]);
});

describe('the fate of an answer', () => {
  const pending = {
    id: 'sent-2',
    thread: '1',
    body: 'Voy',
    extra: null,
    at: T0 / 1000 + 120_000,
    state: 'waiting',
    reason: null,
  } as const;

  test('is a clock, then one tick, then two', () => {
    const fate = (changes: Partial<View>) =>
      groups(arrange(view(changes)))
        .at(-1)!
        .bubbles.at(-1)!.fate;
    expect(fate({ pending: [pending] })).toBe('waiting');
    expect(fate({ entries: [mine(2)] })).toBe('sent');
    expect(fate({ entries: [mine(2)], seen: upTo(2) })).toBe('seen');
  });

  test('a bubble keeps its key when it comes back as an entry', () => {
    const key = (changes: Partial<View>) =>
      groups(arrange(view(changes)))
        .at(-1)!
        .bubbles.at(-1)!.key;
    expect(key({ pending: [pending] })).toBe(key({ entries: [mine(2)] }));
  });

  test('what visitors write has none', () => {
    expect(groups(arrange(view({ entries: [entry(1)], seen: upTo(9) })))[0]!.bubbles[0]!.fate).toBeNull();
  });
});

test('a note stands by itself among messages of the same author, sent or on its way, and has no fate of a message', () => {
  const note = mine(3, { kind: 'note', mentions: [BRUNO] });
  const going = { id: 'n', thread: '1', at: T0 / 1000 + 300_000, body: 'Otra', state: 'sending', reason: null } as const;
  const pending = [{ ...going, extra: { kind: 'note', mentions: [] } } as const];
  const items = arrange(view({ entries: [entry(1), mine(2), note, mine(4)], pending, seen: upTo(4) }));
  expect(kinds(items)).toEqual(['day', 'group', 'group', 'note', 'group', 'note']);
  const notes = items.filter((item) => item.kind === 'note');
  expect(notes.map(({ bubble, mentions }) => [bubble.fate, mentions])).toEqual([
    [null, [BRUNO]],
    ['sending', []],
  ]);
});
