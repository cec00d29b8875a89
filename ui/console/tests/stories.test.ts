/// <reference types="vite/client" />
/**
 * The server's own stories: what a page was shown, what it was told, and what it would be shown if it asked again. Its reducers
 * must arrive at the same by the events alone.
 */
import { describe, expect, test } from 'vitest';
import type { ConsoleEvent, ConversationState, DeskState } from '@recado/shared/wire.ts';
import * as conversation from '../src/state/conversation-model.ts';
import * as desk from '../src/state/desk-model.ts';
import { rowsOf } from '../src/state/list-rows.ts';

interface Story<State> {
  kind: 'desk' | 'conversation' | 'widget';
  who: string;
  before: State;
  events: ConsoleEvent[];
  after: State | null;
}

const TOLD = import.meta.glob<Story<unknown>[]>('../../shared/fixtures/*.json', { eager: true, import: 'default' });
const FILES = Object.keys(TOLD);

function stories<State>(file: string, kind: string): Story<State>[] {
  return (TOLD[file] as Story<State>[]).filter((story) => story.kind === kind);
}

/** What the lists show: rows, their order, what is unread, the counts. */
function shown(model: desk.DeskModel): unknown {
  const list = (name: 'waiting' | 'attending' | 'paused') =>
    rowsOf(model, name).map((row) => ({ row, unread: desk.unreadOf(model, row) }));
  return {
    waiting: list('waiting'),
    attending: list('attending'),
    paused: list('paused'),
    notices: model.notices,
    counts: [desk.countOf(model, 'waiting'), desk.countOf(model, 'attending'), desk.countOf(model, 'paused')],
  };
}

/** Events after which a page fetches all again: nothing is to be reduced from them. */
const asksAgain = (story: { events: ConsoleEvent[] }) =>
  story.events.some((event) => event.type === 'people.changed' || event.type === 'settings.changed');

test('there are stories to tell', () => {
  expect(FILES.length).toBeGreaterThan(10);
});

describe.each(FILES)('%s', (file) => {
  test('on every desk', () => {
    for (const story of stories<DeskState>(file, 'desk').filter((one) => one.after !== null && !asksAgain(one))) {
      let model = desk.fromState(story.before);
      for (const event of story.events) {
        const step = desk.apply(model, event);
        expect(step.gap, `${story.who} misses something`).toBe(false);
        model = step.model;
      }
      expect(shown(model), story.who).toEqual(shown(desk.fromState(story.after!)));
    }
  });

  test('in every open conversation', () => {
    for (const story of stories<ConversationState>(file, 'conversation')) {
      let model = conversation.fromState(story.before);
      let gone = false;
      for (const event of story.events) {
        const step = conversation.apply(model, event);
        expect(step.gap, `${story.who} misses something`).toBe(false);
        ({ model } = step);
        gone ||= step.taken !== null || step.left === true;
      }
      if (story.after === null) {
        if (!asksAgain(story)) expect(gone, story.who).toBe(true);
        continue;
      }
      const after = conversation.fromState(story.after);
      expect([model.conversation, model.entries], story.who).toEqual([after.conversation, after.entries]);
      expect(conversation.seenByVisitor(model), story.who).toBe(conversation.seenByVisitor(after));
    }
  });
});
