/** Whoever has gone on to another conversation is told of a text that does not go by itself, once, with the way to it. */
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tellOfStuck } from '../src/features/desk/stuck.svelte.ts';
import { fromState } from '../src/state/desk-model.ts';
import { Desk } from '../src/state/desk.svelte.ts';
import { notices } from '../src/state/notices.svelte.ts';
import type { Sending } from '../src/state/sender.svelte.ts';
import { ANA, attended, desk as state } from './world.ts';

const of = (item: Sending['state']): Sending[] => [
  { id: 'a', thread: '2', body: 'Voy yo', extra: null, at: 1, state: item, reason: null },
];
const told = () => notices.shown.map(({ path, stays }) => [path, stays]);
let desk: Desk;
let end: () => void;

beforeEach(() => {
  desk = new Desk(ANA);
  desk.model = fromState(state([], [attended(2, ANA)]));
  end = $effect.root(() => tellOfStuck(desk));
});
afterEach(() => {
  end();
  desk.stop();
  for (const { id } of notices.shown) notices.dismiss(id);
});

test('it is told once, however often the list changes, and again where it was tried again in vain', () => {
  for (const next of ['waiting', 'asking', 'asking'] as const) {
    desk.sender.items = of(next);
    flushSync();
  }
  expect(told()).toEqual([['/desk/2', true]]);
  for (const next of ['sending', 'failed'] as const) {
    desk.sender.items = of(next);
    flushSync();
  }
  expect(told()).toHaveLength(2);
});

test('what is open says it itself', () => {
  void desk.select(2);
  desk.sender.items = of('failed');
  flushSync();
  expect(told()).toEqual([]);
});
