/** Whoever has gone on to another conversation is told of a text that does not go by itself, once, with the way to it. */
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tellOfStuck } from '../src/features/desk/stuck.svelte.ts';
import { fromState } from '../src/state/desk-model.ts';
import { Desk } from '../src/state/desk.svelte.ts';
import { speak } from '../src/state/language.svelte.ts';
import { notices } from '../src/state/notices.svelte.ts';
import type { Sending } from '../src/state/sender.svelte.ts';
import { ANA, attended, desk as state } from './world.ts';

const of = (item: Sending['state'], ...ids: string[]): Sending[] =>
  (ids.length > 0 ? ids : ['a']).map((id) => ({ id, thread: '2', body: 'Voy yo', extra: null, at: 1, state: item, reason: null }));
const told = () => notices.shown.map(({ kind, text, path, stays }) => [kind, text, path, stays]);
let desk: Desk;
let end: () => void;

const ONE = ['failure', 'A text of yours for Lucía was not sent', '/desk/2', true];
const TWO = ['failure', '2 texts of yours for Lucía were not sent', '/desk/2', true];
const sends = (items: readonly Sending[]) => {
  desk.sender.items = items;
  flushSync();
};

beforeEach(async () => {
  await speak('en');
  desk = new Desk(ANA);
  desk.model = fromState(state([], [attended(2, ANA, { customer: { ...attended(2, ANA).customer, name: 'Lucía' } })]));
  end = $effect.root(() => tellOfStuck(desk));
});
afterEach(() => {
  end();
  desk.stop();
  for (const { id } of notices.shown) notices.dismiss(id);
});

test('it is told once, however often the list changes, and again where it was tried again in vain', () => {
  for (const next of ['waiting', 'asking', 'asking'] as const) sends(of(next));
  expect(told()).toEqual([ONE]);
  notices.dismiss(notices.shown[0]!.id);
  sends(of('asking'));
  expect(told()).toEqual([]);
  sends(of('sending'));
  sends(of('failed'));
  expect(told()).toEqual([ONE]);
});

test('several texts for one customer are one notice with their number, which keeps up with what becomes of them', () => {
  sends(of('asking'));
  sends(of('asking', 'a', 'b'));
  expect(told()).toEqual([TWO]);
  sends(of('asking', 'b'));
  expect(told()).toEqual([ONE]);
  sends([]);
  expect(told()).toEqual([]);
});

test('it is gone as soon as the conversation is open, and does not come back for what was seen there', () => {
  sends(of('failed', 'a', 'b'));
  expect(told()).toEqual([TWO]);
  void desk.select(2);
  flushSync();
  expect(told()).toEqual([]);
  void desk.select(null);
  flushSync();
  expect(told()).toEqual([]);
});

test('after a reload it waits for the name', () => {
  const { model } = desk;
  desk.model = null;
  sends(of('asking'));
  expect(told()).toEqual([]);
  desk.model = model;
  flushSync();
  expect(told()).toEqual([ONE]);
});

test('what is open says it itself', () => {
  void desk.select(2);
  sends(of('failed'));
  expect(told()).toEqual([]);
});
