/**
 * The visitor's conversations as one story: each a chapter, oldest first. Pure functions.
 */
import { decide, mergeEntries } from '@recado/shared/thread.ts';
import { t } from './words.ts';
import type { WidgetConversation, WidgetEntry, WidgetEvent } from '@recado/shared/wire.ts';

export interface Chapter {
  readonly conversation: WidgetConversation;
  /** Ascending by seq; from the newest back to where the visitor has scrolled. */
  readonly entries: readonly WidgetEntry[];
  /** True while the server has older ones. */
  readonly more: boolean;
}

export type Chapters = readonly Chapter[];

export function findChapter(chapters: Chapters, id: string): Chapter | undefined {
  return chapters.find(({ conversation }) => conversation.id === id);
}

/** The one that is still open; undefined where the next message opens a new one. */
export function openChapter(chapters: Chapters): Chapter | undefined {
  return chapters.findLast(({ conversation }) => conversation.status === 'open');
}

/** A chapter in the place of what was known of it, in the order of opening. */
export function putChapter(chapters: Chapters, chapter: Chapter): Chapters {
  return [...chapters.filter(({ conversation }) => conversation.id !== chapter.conversation.id), chapter].sort(
    (a, b) => a.conversation.opened_at - b.conversation.opened_at,
  );
}

/** What was fetched, merged into what is known; `more` only where the fetch tells how far back it goes. */
export function merge(
  chapters: Chapters,
  conversation: WidgetConversation,
  entries: readonly WidgetEntry[],
  more?: boolean,
): Chapters {
  const known = findChapter(chapters, conversation.id);
  return putChapter(chapters, {
    conversation: known && known.conversation.version > conversation.version ? known.conversation : conversation,
    entries: mergeEntries(
      known?.entries ?? [],
      // What changed further back comes with its page.
      entries.filter(({ seq }) => !known?.more || more !== undefined || seq >= known.entries[0]!.seq),
    ),
    more: !!(more ?? known?.more),
  });
}

type Told = Extract<WidgetEvent, { conversation: WidgetConversation }>;

/** What an event leaves; 'gap' where one before it is missing and the server must be asked. */
export function hear(chapters: Chapters, event: Told): Chapters | 'gap' {
  const known = findChapter(chapters, event.conversation.id);
  const verdict = decide(known?.conversation.version ?? 0, event.conversation.version);
  if (verdict === 'gap') return 'gap';
  if (verdict === 'ignore') return chapters;
  return merge(chapters, event.conversation, 'entries' in event ? event.entries : []);
}

/**
 * What the answer to an own message leaves. Its entry is shown in any case; the version is only believed when it is the
 * next one, so that whatever lies between is still seen as missing.
 */
export function answered(chapters: Chapters, conversation: WidgetConversation, entry: WidgetEntry): Chapters {
  const heard = hear(chapters, { type: 'message.posted', conversation, entries: [entry] });
  const known = findChapter(chapters, conversation.id);
  if (heard !== 'gap' && heard !== chapters) return heard;
  return known === undefined ? chapters : merge(chapters, known.conversation, [entry]);
}

export interface Unread {
  readonly count: number;
  readonly newest: WidgetEntry | null;
}

/** Answers beyond the read mark; `read` holds what this page has marked and the server may not have told yet. */
export function unread(chapters: Chapters, read: ReadonlyMap<string, number>): Unread {
  const entries = chapters.flatMap(({ conversation, entries }) => {
    const mark = Math.max(conversation.visitor_read, read.get(conversation.id) ?? 0);
    return entries.filter((entry) => entry.author.kind === 'operator' && !entry.gone && entry.seq > mark);
  });
  return { count: entries.length, newest: entries.at(-1) ?? null };
}

/** The line that stands for an entry elsewhere: its text, or of a file without one its name. Without the marks of emphasis. */
export function saidIn(entry: WidgetEntry | undefined): string {
  const file = entry?.attachments[0];
  // What was recorded has a name that says nothing.
  const line = file && (file.sound && file.type !== 'audio/mpeg' ? t('voice') : `📎 ${file.name}`);
  return entry?.body.replace(/(^|[\s(])([*_`])(\S.*?)\2(?!\w)/g, '$1$3') || line || '';
}
