import type { WidgetConversation, WidgetEntry } from '@recado/shared/wire.ts';
import { describe, expect, test } from 'vitest';
import { answered, hear, merge, openChapter, saidIn, unread, type Chapters } from '../src/frame/chapters.ts';
import { conversation, mine, NOON_US, theirs } from './make.ts';

function posted(chapters: Chapters, told: WidgetConversation, ...entries: WidgetEntry[]): Chapters | 'gap' {
  return hear(chapters, { type: 'message.posted', conversation: told, entries });
}

const begun = merge([], conversation('a'), [mine(1)], false);

describe('events', () => {
  test('the very next one is taken over', () => {
    const after = posted(begun, conversation('a', { version: 2 }), theirs(2)) as Chapters;
    expect(after[0]?.entries.map(({ body }) => body)).toEqual(['mine 1', 'theirs 2']);
    expect(after[0]?.conversation.version).toBe(2);
  });

  test('one that is known changes nothing, and one too many asks the server', () => {
    expect(posted(begun, conversation('a', { version: 1 }), mine(1))).toBe(begun);
    expect(posted(begun, conversation('a', { version: 3 }), theirs(3))).toBe('gap');
  });

  test('a conversation that another tab has opened appears', () => {
    const after = posted([], conversation('b'), mine(1)) as Chapters;
    expect(after).toHaveLength(1);
    expect(posted([], conversation('b', { version: 4 }), mine(3))).toBe('gap');
  });

  test('a read mark moves without an entry', () => {
    const told = conversation('a', { version: 2, operator_read: 1 });
    const after = hear(begun, { type: 'thread.read', conversation: told }) as Chapters;
    expect(after[0]?.conversation.operator_read).toBe(1);
    expect(after[0]?.entries).toHaveLength(1);
  });

  test('closing leaves nothing open', () => {
    const told = conversation('a', { version: 2, status: 'closed' });
    expect(
      openChapter(hear(begun, { type: 'conversation.closed', conversation: told, entries: [] }) as Chapters),
    ).toBeUndefined();
  });
});

describe('the answer to an own message', () => {
  test('it counts as its event, whichever comes first', () => {
    const told = conversation('a', { version: 2 });
    const byAnswer = answered(begun, told, mine(2));
    expect(posted(byAnswer, told, mine(2))).toBe(byAnswer);
    expect(answered(posted(begun, told, mine(2)) as Chapters, told, mine(2))[0]?.entries).toHaveLength(2);
  });

  test('where something in between is missing, it is shown but the gap stays visible', () => {
    const after = answered(begun, conversation('a', { version: 4 }), mine(4));
    expect(after[0]?.entries.map(({ seq }) => seq)).toEqual([1, 4]);
    expect(after[0]?.conversation.version).toBe(1);
  });
});

test('chapters stand in the order of opening, and an old page never takes a newer state back', () => {
  const later = conversation('b', { opened_at: NOON_US + 5, version: 9 });
  const chapters = merge(merge([], later, [mine(1)], false), conversation('a'), [mine(1)], true);
  expect(chapters.map((chapter) => chapter.conversation.id)).toEqual(['a', 'b']);
  expect(merge(chapters, { ...later, version: 3 }, [])[1]?.conversation.version).toBe(9);
});

test('unread are the answers beyond both marks', () => {
  const chapters = merge([], conversation('a', { visitor_read: 2 }), [mine(1), theirs(2), theirs(3), theirs(4)]);
  expect(unread(chapters, new Map()).count).toBe(2);
  expect(unread(chapters, new Map([['a', 3]]))).toEqual({ count: 1, newest: theirs(4) });
  expect(unread(chapters, new Map([['a', 4]]))).toEqual({ count: 0, newest: null });
});

test.each([
  ['*Urgente*: falla `a_b` en (_Cádiz_), *ya*', 'Urgente: falla a_b en (Cádiz), ya'],
  ['mi_web_vieja, 2*3*4 y * esto * no', 'mi_web_vieja, 2*3*4 y * esto * no'],
  ['https://shop.example/_a_b', 'https://shop.example/_a_b'],
])('elsewhere %j is said without the marks of emphasis', (body, said) => {
  expect(saidIn(theirs(1, { body }))).toBe(said);
});

test('a voice message is told by what it is, a file by its name', () => {
  const file = { id: 'f', name: 'voice-20261127.webm', type: 'audio/webm', size: 9, width: null, height: null, thumbnail: false };
  const recorded = { ...file, sound: { ms: 900, peaks: [] } };
  expect(saidIn(theirs(1, { body: '', attachments: [recorded] }))).toBe('voice');
  expect(saidIn(theirs(1, { body: '', attachments: [{ ...recorded, name: 'tono.mp3', type: 'audio/mpeg' }] }))).toBe('📎 tono.mp3');
  expect(saidIn(theirs(1, { body: '', attachments: [{ ...file, sound: null, name: 'a.pdf' }] }))).toBe('📎 a.pdf');
});

test('what changes further back than the visitor has scrolled does not stand above what has not been fetched', () => {
  const entries = [5, 6].map((seq) => theirs(seq));
  const open = merge([], conversation('a', { version: 6 }), entries, true);
  const edited = theirs(2, { rev: 7, body: 'edited' });
  const told = hear(open, { type: 'message.changed', conversation: conversation('a', { version: 7 }), entries: [edited] });
  expect(told).toMatchObject([{ conversation: { version: 7 }, entries, more: true }]);
});
