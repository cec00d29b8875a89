/// <reference types="vite/client" />
/** The server's own stories, as the customer's page lives them: its events alone must lead to what a fresh look shows. */
import { describe, expect, test } from 'vitest';
import type { WidgetConversation, WidgetEntry, WidgetEvent } from '@recado/shared/wire.ts';
import { type Chapters, findChapter, hear, merge } from '../src/frame/chapters.ts';

interface State {
  conversation: WidgetConversation;
  entries: WidgetEntry[];
  more: boolean;
}

interface Story {
  kind: 'desk' | 'conversation' | 'widget';
  before: State | null;
  events: WidgetEvent[];
  after: State;
}

const TOLD = import.meta.glob<Story[]>('../../shared/fixtures/*.json', { eager: true, import: 'default' });

function told(state: State | null): Chapters {
  return state === null ? [] : merge([], state.conversation, state.entries, state.more);
}

describe.each(Object.entries(TOLD))('%s', (_, stories) => {
  test('in the chat', () => {
    for (const story of stories.filter(({ kind }) => kind === 'widget')) {
      let chapters = told(story.before);
      for (const event of story.events) {
        if (!('conversation' in event) || event.type === 'typing') continue;
        const heard = hear(chapters, event);
        expect(heard).not.toBe('gap');
        if (heard !== 'gap') chapters = heard;
      }
      const { id } = story.after.conversation;
      expect(findChapter(chapters, id)).toEqual(findChapter(told(story.after), id));
    }
  });
});
