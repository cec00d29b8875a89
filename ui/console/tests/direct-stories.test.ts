/// <reference types="vite/client" />
/** The server's stories of direct conversations: by the events alone, lists and threads arrive at what would be fetched again. */
import { describe, expect, test } from 'vitest';
import type { Box, ConsoleEvent, DirectCounts, DirectItem, DirectState } from '@recado/shared/wire.ts';
import * as pane from '../src/state/direct-model.ts';
import * as lists from '../src/state/directs-model.ts';

type Boxes = Record<Box, DirectItem[]> & { counts: DirectCounts };
interface Story<State> {
  kind: 'directs' | 'direct';
  who: string;
  me: number;
  before: State;
  events: ConsoleEvent[];
  after: State | null;
}

const TOLD = import.meta.glob<Story<unknown>[]>('../../shared/fixtures/among-colleagues-*.json', { eager: true, import: 'default' });
const FILES = Object.keys(TOLD);

const stories = <State>(file: string, kind: string): Story<State>[] =>
  (TOLD[file] as Story<State>[]).filter((story) => story.kind === kind);

const fromBoxes = (boxes: Boxes): lists.DirectsModel =>
  lists.BOXES.reduce((so, box) => lists.withPage(so, box, { items: boxes[box], next: null }), { ...lists.EMPTY, counts: boxes.counts });

const shown = (model: lists.DirectsModel): unknown => ({
  boxes: lists.BOXES.map((box) => lists.rowsOf(model, box)),
  counts: model.counts,
});

const itemIn = (boxes: Boxes, id: number): DirectItem | null =>
  lists.BOXES.flatMap((box) => boxes[box]).find(({ direct }) => direct.id === id) ?? null;

const added = (file: string): boolean => file.includes('shown-all') || file.includes('from-now-on');

test('there are stories to tell', () => {
  expect(FILES.length).toBeGreaterThan(10);
});

describe.each(FILES)('%s', (file) => {
  test('in all lists', () => {
    for (const { who, me, before, events, after } of stories<Boxes>(file, 'directs')) {
      let model = fromBoxes(before);
      for (const event of events) {
        const step = lists.apply(model, event, me);
        model = step.model;
        if (step.missing === null) continue;
        expect(added(file), `${who} misses something`).toBe(true);
        model = { ...lists.withAsked(model, step.missing, itemIn(after!, step.missing)), counts: after!.counts };
      }
      expect(shown(model), who).toEqual(shown(fromBoxes(after!)));
    }
  });

  test('told twice', () => {
    for (const { who, me, before, events, after } of stories<Boxes>(file, 'directs')) {
      if (added(file)) continue;
      const model = [...events, ...events].reduce((so, event) => lists.apply(so, event, me).model, fromBoxes(before));
      expect(shown(model), who).toEqual(shown(fromBoxes(after!)));
    }
  });

  test('in what is open', () => {
    for (const { who, before, events, after } of stories<DirectState>(file, 'direct')) {
      let model = pane.fromState(before);
      let left = false;
      for (const event of events) {
        const step = pane.apply(model, event);
        left ||= step.left;
        if (step.gap) model = pane.applyChanges(model, { ...after!, start_over: false });
        else model = step.model;
      }
      expect(left, who).toBe(after === null);
      if (after === null) continue;
      const now = pane.fromState(after);
      const read = (one: pane.DirectModel): unknown => Object.fromEntries(one.marks.map(({ reader, seq }) => [reader.id, seq]));
      expect([model.direct, model.entries, read(model), model.floors], who).toEqual([now.direct, now.entries, read(now), now.floors]);
    }
  });
});
