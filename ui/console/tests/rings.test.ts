/** What an event tells somebody, by what they have chosen. */
import type { Alerts, Choices, ConsoleEvent } from '@recado/shared/wire.ts';
import { expect, test } from 'vitest';
import { BUILT_IN } from '../src/state/choices.svelte.ts';
import { newsOf, wants } from '../src/state/rings.ts';
import { ANA, attended, BRUNO, entry, LINE, mine, posted, row } from './world.ts';

const bruno = { author: { kind: 'operator' as const, id: BRUNO } };
const TALK = { id: 3, name: null, people: [ANA, BRUNO], started_by: BRUNO, started_at: 1, last_at: 1, excerpt: '', excerpt_author: null, count: 1, seq: 2, version: 5 };
const said = (changes: Parameters<typeof entry>[1]): ConsoleEvent => ({ type: 'direct.posted', direct: TALK, entries: [entry(2, { kind: 'note', ...bruno, ...changes })], mark: null });
const kind = (event: ConsoleEvent): string | undefined => newsOf(event, ANA)?.kind;

test('somebody who begins to wait is news; what they add while they wait is not', () => {
  expect(newsOf({ type: 'conversation.opened', conversation: row(1), entries: [entry(1)] }, ANA)).toEqual({ kind: 'waiting', id: 1, among: false, place: 'conversation-1', version: 1 });
  expect(kind(posted(row(1), entry(2)))).toBeUndefined();
});

test('what comes back into Waiting is news, unless I have put it there', () => {
  const queued = (by: number): ConsoleEvent => ({
    type: 'conversation.queued',
    conversation: row(1),
    entries: [entry(2, { kind: 'activity', author: { kind: 'operator', id: by }, activity: { ...LINE, kind: 'released', operator: by } })],
    seen: {},
  });
  expect([kind(queued(BRUNO)), kind(queued(ANA))]).toEqual(['waiting', undefined]);
});

test('a customer of mine who writes is news, and so is a conversation that I am given; my own answer is none', () => {
  expect(kind(posted(attended(1, ANA), entry(2)))).toBe('mine');
  expect(kind({ type: 'conversation.resumed', conversation: attended(1, ANA), entries: [entry(2)] })).toBe('mine');
  const line = entry(2, { kind: 'activity', ...bruno, activity: { ...LINE, kind: 'transferred', operator: BRUNO, to: ANA } });
  expect(kind({ type: 'conversation.claimed', conversation: attended(1, ANA), entries: [line], seen: {} })).toBe('mine');
  expect([kind(posted(attended(1, ANA), mine(2))), kind(posted(attended(1, BRUNO), entry(2)))]).toEqual([undefined, undefined]);
});

test('a note that names me is news, and so is what colleagues say to me', () => {
  expect(kind(posted(attended(1, ANA), entry(2, { kind: 'note', ...bruno, mentions: [ANA] })))).toBe('mention');
  expect(kind(posted(attended(1, ANA), entry(2, { kind: 'note', ...bruno })))).toBeUndefined();
  expect(newsOf(said({}), ANA)).toEqual({ kind: 'internal', id: 3, among: true, place: 'direct-3', version: 5 });
  expect(kind(said({ mentions: [ANA] }))).toBe('mention');
  expect([kind(said({ author: { kind: 'operator', id: ANA } })), kind(said({ kind: 'activity' })), kind(said({ gone: 'deleted' }))]).toEqual([undefined, undefined, undefined]);
});

const choosing = (choices: Partial<Choices>): Choices => ({ ...BUILT_IN.choices, ...choices });

test.each([
  ['all', true, true],
  ['mine', false, true],
  ['none', false, false],
] as const)('of customers, who wants %s hears of those that wait: %s, and of their own: %s', (customers, waiting, own) => {
  const choices = choosing({ customers });
  expect([wants(choices, 'all', 'waiting'), wants(choices, 'all', 'mine')]).toEqual([waiting, own]);
});

test.each([
  ['all', true, true],
  ['mentions', false, true],
  ['none', false, false],
] as const)('of colleagues, who wants %s hears of messages: %s, and of being named: %s', (internal, all, named) => {
  const choices = choosing({ internal });
  expect([wants(choices, 'all', 'internal'), wants(choices, 'all', 'mention')]).toEqual([all, named]);
});

test('what one has chosen for one conversation comes before that', () => {
  const heard = (alerts: Alerts) => (['waiting', 'mine', 'internal', 'mention'] as const).filter((kind) => wants(choosing({}), alerts, kind));
  expect([heard('all'), heard('mentions'), heard('none')]).toEqual([['waiting', 'mine', 'internal', 'mention'], ['mention'], []]);
});
