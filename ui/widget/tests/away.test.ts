// @vitest-environment jsdom
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem } from '@recado/shared/api.ts';
import type { WidgetEntry } from '@recado/shared/wire.ts';
import type { Chat } from '../src/frame/chat.svelte.ts';
import { conversation, mine, theirs, visit } from './make.ts';

interface Words {
  client_id: string;
  body: string;
}
const posted: Words[] = [];
/** What the server has, by its client ids. */
const known = new Map<string, string>();
let answers = true;
const entries: WidgetEntry[] = [];

const book = { current: { conversation: conversation('c'), entries }, answered: async () => undefined };
const chat = { ...{ book, session: { request: ask }, chosen: null, listing: false }, ...{ draft: { key: 'k', storage: localStorage }, visit: visit() } };

async function ask(_: string, __: string, words: Words): Promise<object> {
  posted.push(words);
  if ((known.get(words.client_id) ?? words.body) !== words.body) throw new ApiProblem(409, 'client_id_reused');
  known.set(words.client_id, words.body);
  if (!answers) throw new ApiProblem(0, 'offline');
  return {};
}

beforeAll(() => {
  vi.resetModules();
  vi.stubGlobal('CSSStyleSheet', class { replaceSync(): void {} });
  Object.defineProperty(document, 'adoptedStyleSheets', { value: [], writable: true });
  vi.stubGlobal('fetch', async () => new Response('{}'));
});

afterAll(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

beforeEach(async () => {
  posted.length = 0;
  known.clear();
  localStorage.clear();
  answers = true;
  entries.splice(0, entries.length, mine(1));
  chat.visit = visit({ ask_email: 'optional' });
  document.body.innerHTML = '<div role="region"><ol></ol></div><form><textarea></textarea></form>';
  const { show } = await import('../src/away/away.ts');
  await show(chat as unknown as Chat);
});

async function leave(email: string): Promise<void> {
  document.querySelector<HTMLInputElement>('#away-mail')!.value = email;
  const go = document.querySelector<HTMLButtonElement>('.away button')!;
  go.click();
  await vi.waitFor(() => expect(go.getAttribute('aria-disabled')).toBe('false'));
}

test('an address that is corrected after a lost answer can still be left', async () => {
  answers = false;
  await leave('lucia@example.con');
  answers = true;
  await leave('lucia@example.com');
  expect(posted.map(({ body }) => body)).toEqual(['lucia@example.con', 'lucia@example.com']);
  expect(chat.visit.visitor.email).toBe('lucia@example.com');
});

test('the same address, tried again after a lost answer, is one message', async () => {
  answers = false;
  await leave('lucia@example.com');
  answers = true;
  await leave('lucia@example.com');
  expect([posted.length, known.size, chat.visit.visitor.email]).toEqual([2, 1, 'lucia@example.com']);
});

test('once it is answered, it goes, and no change of the page is looked at any more', async () => {
  entries.push(theirs(2));
  document.querySelector('ol')!.append('theirs');
  await vi.waitFor(() => expect(document.querySelector('.away')).toBeNull());
  const removed = vi.spyOn(Storage.prototype, 'removeItem');
  document.querySelector('ol')!.append('more');
  await new Promise((resolve) => setTimeout(resolve));
  expect(removed).not.toHaveBeenCalled();
  removed.mockRestore();
});

test('an address that came with the words is not asked for once more', async () => {
  expect(document.querySelector('#away-mail')).not.toBeNull();
  const { show } = await import('../src/away/away.ts');
  await show(chat as unknown as Chat, 'lucia@example.com');
  expect(document.querySelector('.away')).not.toBeNull();
  expect(document.querySelector('#away-mail')).toBeNull();
});
