/** The palette finds who is not loaded: the server is asked after a pause, and only the last question's answer counts. */
import type { ConversationRow } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { foundEntries, offered, type Entry } from '../src/features/commands/entries.ts';
import { speak } from '../src/state/language.svelte.ts';
import { NameSearch } from '../src/state/name-search.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { ANA, attended, BRUNO, row } from './world.ts';

interface Question {
  name: string;
  answer: (status: number, body?: unknown) => Promise<void>;
}
let asked: Question[];
let search: NameSearch;
const ids = () => search.rows.map(({ id }) => id);
const typing = async (...queries: string[]) => {
  for (const query of queries) search.ask(query);
  await vi.advanceTimersByTimeAsync(200);
};

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  vi.stubGlobal('fetch', (_path: string, options: { body: string }) => {
    const { name } = JSON.parse(options.body) as { name: string };
    return new Promise((resolve) => {
      const answer = async (status: number, body: unknown = {}) => {
        resolve(new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } }));
        await vi.advanceTimersByTimeAsync(1);
      };
      asked.push({ name, answer });
    });
  });
  search = new NameSearch();
});
afterEach(() => {
  search.ask('');
  session.me = undefined;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('one question for what is typed in one go', async () => {
  await typing('m', 'ma', 'marta ');
  expect(asked.map(({ name }) => name)).toEqual(['marta']);
  expect(search.busy).toBe(true);
  await asked[0]!.answer(200, { items: [row(150)], more: true });
  expect([ids(), search.more, search.busy]).toEqual([[150], true, false]);
});

test('one question at a time, then the last of those that came up meanwhile', async () => {
  await typing('mar');
  await typing('mart');
  await typing('marta');
  expect(asked.map(({ name }) => name)).toEqual(['mar']);
  await asked[0]!.answer(200, { items: [row(1)], more: true });
  expect([ids(), search.more, search.busy]).toEqual([[], false, true]);
  expect(asked.map(({ name }) => name)).toEqual(['mar', 'marta']);
  await asked[1]!.answer(200, { items: [row(2)], more: false });
  expect([ids(), search.more, search.busy]).toEqual([[2], false, false]);
});

test('a refusal of what is no longer asked shows to nobody', async () => {
  await typing('mar');
  await typing('marta');
  await asked[0]!.answer(429, { type: 'about:blank', code: 'too_many', status: 429 });
  expect([search.failed, search.busy]).toEqual([false, true]);
  await asked[1]!.answer(200, { items: [row(2)], more: false });
  expect([ids(), search.failed]).toEqual([[2], false]);
});

test('nothing is asked about nothing or a number, and what was found is gone', async () => {
  await typing('marta');
  await asked[0]!.answer(200, { items: [row(2)], more: false });
  await typing('');
  await typing('#9');
  expect([asked.length, ids(), search.busy]).toEqual([1, [], false]);
});

test.each([[429], [500]])('that the server could not be asked (%i) is known, and over with the next question', async (status) => {
  await typing('marta');
  await asked[0]!.answer(status, { type: 'about:blank', code: 'x', status });
  expect([search.failed, search.busy]).toEqual([true, false]);
  search.ask('martad');
  expect(search.failed).toBe(false);
});

describe('what is offered', () => {
  const scene = { desk: null, screen: null };
  const entries = (rows: ConversationRow[], known: Entry[] = []) => foundEntries(rows, known, scene);
  const people = entries([row(90), row(91), row(9)]);
  const offers = (query: string, conversations = people) => offered(query, conversations, [], 40).map(({ id }) => id);

  test('the conversation of exactly this number stands first, known or not, and once', () => {
    expect(offers('#9')).toEqual(['conversation 9', 'conversation 90', 'conversation 91']);
    expect(offers('9')[0]).toBe('conversation 9');
    expect(offers('#9', people.slice(0, 2))).toEqual(['number 9', 'conversation 90', 'conversation 91']);
    expect(offers('#0')).not.toContain('number 0');
  });

  test('whom the server found stands there once, in the list that they are in', async () => {
    vi.useRealTimers();
    await speak('en');
    session.me = { id: ANA } as NonNullable<typeof session.me>;
    const closed = { status: 'closed', waiting_since: null } as const;
    const rows = [row(1), attended(2, ANA), attended(3, ANA, closed), attended(4, BRUNO, closed)];
    const found = entries(rows, entries([row(1)]));
    expect(found.map(({ hint }) => hint.split(' · ')[1])).toEqual(['Attending', 'Closed', 'Archive']);
  });
});
