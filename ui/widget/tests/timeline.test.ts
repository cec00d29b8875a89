import type { Pending } from '@recado/shared/thread.ts';
import { expect, test } from 'vitest';
import { merge, type Chapter } from '../src/frame/chapters.ts';
import { timeline, type Item } from '../src/frame/timeline.ts';
import type { WidgetConversation, WidgetEntry } from '@recado/shared/wire.ts';
import type { Extra } from '../src/frame/sending.ts';
import { conversation, mine, MINUTE_US, NOON_US, theirs } from './make.ts';

const show = (items: readonly Item[]): string[] =>
  items.map((item) => {
    if (item.kind !== 'group') return item.kind;
    return `${item.mine ? 'me' : item.name}: ${item.bubbles.map(({ body }) => body).join(' | ')}${item.seen ? ' (seen)' : ''}`;
  });

const chapter = (shown: WidgetConversation, entries: WidgetEntry[]): Chapter => merge([], shown, entries)[0]!;

function waiting(id: string, more: Partial<Pending<Extra>> = {}): Pending<Extra> {
  return {
    id,
    thread: 'chat',
    body: `pending ${id}`,
    extra: {},
    at: NOON_US / 1000 + 1,
    state: 'waiting',
    reason: null,
    ...more,
  };
}

test('messages of one author within five minutes stand together', () => {
  const later = theirs(4, { at: NOON_US + 6 * MINUTE_US });
  const shown = chapter(conversation('a'), [mine(1), theirs(2), theirs(3), later]);
  expect(show(timeline(shown, []))).toEqual(['day', 'me: mine 1', 'Ana: theirs 2 | theirs 3', 'Ana: theirs 4']);
});

test('what was taken back was never said, and what was deleted leaves its place', () => {
  const shown = chapter(conversation('a'), [theirs(1), theirs(2, { gone: 'undone' }), theirs(3, { gone: 'deleted', body: '' })]);
  const groups = timeline(shown, []).filter((item) => item.kind === 'group');
  expect(groups.flatMap(({ bubbles }) => bubbles.map(({ entry }) => entry?.seq))).toEqual([1, 3]);
});

test('another operator has a group of their own', () => {
  const bruno = theirs(2, { author: { kind: 'operator', name: 'Bruno' } });
  expect(show(timeline(chapter(conversation('a'), [theirs(1), bruno]), []))).toEqual([
    'day',
    'Ana: theirs 1',
    'Bruno: theirs 2',
  ]);
});

test('a new day is said', () => {
  const tomorrow = mine(2, { at: NOON_US + 24 * 60 * MINUTE_US });
  expect(show(timeline(chapter(conversation('a'), [mine(1), tomorrow]), []))).toEqual([
    'day',
    'me: mine 1',
    'day',
    'me: mine 2',
  ]);
});

test('only the last own group that was seen whole says so', () => {
  const shown = chapter(conversation('a', { operator_read: 4 }), [mine(1), theirs(2), mine(3), mine(4)]);
  expect(show(timeline(shown, [])).filter((line) => line.endsWith('(seen)'))).toEqual([
    'me: mine 3 | mine 4 (seen)',
  ]);
  const half = chapter(conversation('a', { operator_read: 3 }), [mine(1), theirs(2), mine(3), mine(4)]);
  expect(show(timeline(half, [])).filter((line) => line.endsWith('(seen)'))).toEqual(['me: mine 1 (seen)']);
});

test('a message is one bubble while its echo is there and it is still pending', () => {
  const shown = chapter(conversation('a'), [mine(1)]);
  expect(show(timeline(shown, [waiting('id-1'), waiting('id-2')]))).toEqual(['day', 'me: mine 1 | pending id-2']);
});

test('the bubble keeps its key when the server has it', () => {
  const before = timeline(undefined, [waiting('id-1')]).at(-1);
  const after = timeline(chapter(conversation('a'), [mine(1)]), []).at(-1);
  expect(after?.key).toBe(before?.key);
});

test('what needs the visitor stands alone', () => {
  const items = timeline(undefined, [waiting('x', { state: 'failed' }), waiting('y'), waiting('z', { state: 'asking' })]);
  expect(show(items)).toEqual(['day', 'me: pending x', 'me: pending y', 'me: pending z']);
});

test('an ended conversation says so, until something is written into it', () => {
  const closed = chapter(conversation('a', { status: 'closed' }), [mine(1)]);
  expect(show(timeline(closed, []))).toEqual(['day', 'me: mine 1', 'end']);
  expect(show(timeline(closed, [waiting('n')]))).toEqual(['day', 'me: mine 1 | pending n']);
});

test('one that waits with its files shows them, and one without shows its text alone', () => {
  const file = { id: 'f1', name: 'a.pdf', type: 'application/pdf', size: 1, width: null, height: null, thumbnail: false, sound: null };
  const [, group] = timeline(undefined, [waiting('x', { extra: { files: [file] } }), waiting('y')]);
  const shown = (group as Extract<Item, { kind: 'group' }>).bubbles.map(({ entry }) => entry?.attachments);
  expect(shown).toEqual([[file], undefined]);
});
