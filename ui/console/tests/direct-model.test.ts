/** An open direct conversation: who counts as having seen what, where somebody reads from later on, and what is newer of two answers. */
import type { DirectState, Own } from '@recado/shared/wire.ts';
import { expect, test } from 'vitest';
import { isSeen } from '../src/state/afterwards.ts';
import * as model from '../src/state/direct-model.ts';
import { seenByOthers } from '../src/state/thread-window.ts';
import { ANA, BRUNO, mark, mine } from './world.ts';

const CLARA = 9;
const own: Own = { received: false, started: true, archived: false, floor: 0, seen: 0, alerts: 'all', at: 50 };
const state = (people: number[], read: Record<number, number>, floors: Record<string, number>): DirectState => ({
  ...{ epoch: 'e', own, entries: [], more: false, floors, readable: 6, drafts: [] },
  direct: { id: 5, name: null, people, started_by: ANA, started_at: 1, last_at: 6, excerpt: '', excerpt_author: ANA, count: 6, seq: 6, version: 6 },
  marks: Object.entries(read).map(([who, seq]) => mark('operator', Number(who), seq)),
});
const note = (seq: number) => mine(seq, { kind: 'note' });

test('whoever reads from later on has seen nothing of what was before', () => {
  // Bruno has left without reading; Clara came after the second.
  const open = model.fromState(state([ANA, CLARA], { [CLARA]: 2 }, { [CLARA]: 2 }));
  const ticks = [1, 2, 3].map(model.seenByAll(open, ANA));
  expect([ticks, isSeen(note(2), open), seenByOthers(open, note(2))]).toEqual([[false, false, false], false, []]);
  const later = model.fromState(state([ANA, CLARA], { [CLARA]: 3 }, { [CLARA]: 2 }));
  expect([[1, 2, 3, 4].map(model.seenByAll(later, ANA)), isSeen(note(3), later)]).toEqual([[false, false, true, false], true]);
});

test('all have seen what each has seen who reads so far back', () => {
  const open = model.fromState(state([ANA, BRUNO, CLARA], { [BRUNO]: 3, [CLARA]: 5 }, { [CLARA]: 2 }));
  expect([1, 3, 4, 5].map(model.seenByAll(open, ANA))).toEqual([true, true, false, false]);
  expect([isSeen(note(5), open), seenByOthers(open, note(2))]).toEqual([true, [BRUNO]]);
});

test('of how it stands for me what I was told since is true', () => {
  const open = { ...model.fromState(state([ANA, BRUNO], {}, {})), own: { ...own, archived: true, at: 60 } };
  const changes = { ...state([ANA, BRUNO], {}, {}), start_over: false };
  expect(model.applyChanges(open, changes).own.archived).toBe(true);
  expect(model.applyChanges(open, { ...changes, own: { ...own, at: 70 } }).own.archived).toBe(false);
});
