import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Chat } from '../src/frame/chat.svelte.ts';
import type { Host, Start } from '../src/frame/host.ts';
import { Book } from '../src/frame/book.svelte.ts';
import type { Session } from '../src/frame/session.ts';
import { conversation, hereWith, mine, NOON_US, theirs, visit } from './make.ts';
import { Server } from './server.ts';

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const look = { colour: '#0b6b4f', ink: '#fff', corner: 'right', scheme: 'light', locale_hint: 'es' };
const NEW: Start = { kept: {}, page: 'https://shop.example/?q=1#a', look };
const BACK: Start = { ...NEW, kept: { '': 'k1' } };

/** A loader that never answers. */
const HOST = {
  site: 'https://shop.example',
  start: () => new Promise(() => undefined),
  tell: (): unknown => undefined,
  hear: (): unknown => undefined,
};

/** The chat on one site, which never gets as far as the server unless the loader answers. */
function at(site: string, start = NEW, answer: Promise<Start> = new Promise(() => undefined)): Chat {
  return new Chat('key', { ...HOST, site, start: () => answer } as unknown as Host, start);
}

const kept = ({ draft, pending }: Chat): unknown => ({ draft: draft.text, pending: pending.map(({ body }) => body) });

/** What a chat that is opened now shows, once it has looked at what lies there. */
async function found(site: string): Promise<unknown> {
  const chat = at(site);
  await new Promise((passed) => setTimeout(passed));
  return kept(chat);
}

test('what is unsent at one origin comes back there, and at no other of the same site or host', async () => {
  const shop = at('https://a.shop.example');
  shop.draft.text = 'from a alone';
  expect(shop.say()).toBe(true);
  shop.draft.text = 'and';
  expect(await found('https://a.shop.example')).toEqual({ draft: 'and', pending: ['from a alone'] });
  for (const other of ['https://b.shop.example', 'https://a.shop.example:8443', 'http://a.shop.example'])
    expect(await found(other)).toEqual({ draft: '', pending: [] });

  const port = at('https://a.shop.example:8443');
  port.draft.text = 'from the port';
  port.say();
  expect(await found('https://a.shop.example')).toEqual({ draft: 'and', pending: ['from a alone'] });
});

const FORMER = conversation('c1');
const LATER = conversation('c2', { opened_at: NOON_US + 1 });
const page = (epoch: string, shown: typeof FORMER): unknown => {
  return { epoch, conversation: shown, entries: [theirs(1)], more: false };
};

const LATE = ['/conversations', '/conversations/c1'];

/** A visitor who comes back, up to the greeting. */
async function back(): Promise<{ server: Server; chat: Chat; told: unknown[] }> {
  vi.useFakeTimers();
  const server = new Server();
  const told: unknown[] = [];
  const host = { ...HOST, start: () => Promise.resolve(BACK), tell: (message: unknown) => told.push(message) };
  const chat = new Chat('key', host as unknown as Host, BACK);
  await vi.advanceTimersByTimeAsync(1);
  await server.answer('/visits', { ...visit(), token: 't1', resume_key: 'k2', epoch: 'e1' });
  await server.hello('e1');
  return { server, chat, told };
}

test.each(LATE)('an answer to %s that a later fetch has overtaken is dropped', async (late) => {
  const { server, chat } = await back();
  const former = { epoch: 'e1', conversations: [FORMER] };
  if (late !== '/conversations') await server.answer('/conversations', former);
  const answerLate = server.take(late);

  await vi.advanceTimersByTimeAsync(22_000);
  expect(server.sockets).toHaveLength(2);
  await server.hello('e2');
  await server.answer('/conversations', { epoch: 'e2', conversations: [LATER] });
  await server.answer('/conversations/c2', page('e2', LATER));
  expect(chat.book.chapters.map(({ conversation: { id } }) => id)).toEqual(['c2']);

  await answerLate(late === '/conversations' ? former : page('e1', FORMER));
  expect(chat.book.chapters.map(({ conversation: { id } }) => id)).toEqual(['c2']);
  expect(server.waiting).toEqual([]);
});

test('older entries that come after the thread was begun anew leave no hole', async () => {
  const { server, chat } = await back();
  await server.answer('/conversations', { epoch: 'e1', conversations: [FORMER] });
  const newest = { epoch: 'e1', conversation: FORMER, entries: [mine(51), theirs(52)], more: true };
  await server.answer('/conversations/c1', newest);
  const older = chat.book.older(chat.chapter!);
  await vi.advanceTimersByTimeAsync(22_000);
  const answerLate = server.take('/entries?before=51');
  await server.hello('e2');
  await server.answer('/conversations', { epoch: 'e2', conversations: [FORMER] });
  const anew = { epoch: 'e2', conversation: FORMER, entries: [theirs(651)], more: true };
  await server.answer('/conversations/c1', anew);
  await answerLate({ entries: [mine(49), theirs(50)], more: false });
  await older;
  expect(chat.chapter).toMatchObject({ entries: [theirs(651)], more: true });
  const again = chat.book.older(chat.chapter!);
  await vi.advanceTimersByTimeAsync(1);
  await server.answer('/entries?before=651', { entries: [mine(650)], more: false });
  await again;
  expect(chat.chapter).toMatchObject({ entries: [mine(650), theirs(651)], more: false });
});

test('a block is told at once, and so is that it was lifted; what was refused by it can be sent then', async () => {
  const { server, chat } = await back();
  await server.answer('/conversations', { epoch: 'e1', conversations: [FORMER] });
  await server.answer('/conversations/c1', page('e1', FORMER));
  const told = (blocked: boolean): void => server.tell({ type: 'visitor.changed', blocked });

  chat.draft.text = 'Still there?';
  chat.say();
  await vi.advanceTimersByTimeAsync(5_000);
  await server.answer('/messages', { code: 'blocked', status: 403 }, 403);
  expect(chat.visit?.blocked).toBe(true);
  expect(chat.pending).toMatchObject([{ state: 'failed', reason: 'blocked' }]);
  told(false);
  expect(chat.visit?.blocked).toBe(false);
  told(true);
  expect(chat.visit).toMatchObject({ blocked: true, department: 'Ventas' });
});

test('where the visitor becomes another one, nothing of the former stays: no beginning, no count, no word read out', async () => {
  const { server, chat, told } = await back();
  await server.answer('/conversations', { epoch: 'e1', conversations: [FORMER], lines: { c0: 'earlier words' }, names: { c0: 'Ana' } });
  await server.answer('/conversations/c1', page('e1', FORMER));
  const second = { ...FORMER, version: 2, seq: 2 };
  server.tell({ type: 'message.posted', conversation: second, entries: [theirs(2)] });
  chat.questions.type('name', 'Lucía', 'name');
  server.tell({ type: 'typing', conversation: 'c1', name: 'Ana' });
  expect([chat.peek.entry?.body, chat.news?.body, told.at(-1)]).toEqual(['theirs 2', 'theirs 2', { type: 'unread', count: 2 }]);

  void chat.book.older(chat.chapter!).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(1);
  await server.answer('/entries?before=1', { code: 'unauthenticated', status: 401 }, 401);
  await server.answer('/visits', visit({}, {}, { token: 't2', resume_key: 'k9', epoch: 'e1', conversations: [] }));
  expect([chat.peek.entry, chat.news, chat.typing.name, chat.questions.typed]).toEqual([null, undefined, null, {}]);
  expect(told).toContainEqual({ type: 'unread', count: 0 });
  expect(chat.book.list).toEqual({ conversations: [], lines: {}, names: {} });
});

test('a question that has been added since is fetched before its want is complained about', async () => {
  vi.useFakeTimers();
  const server = new Server();
  const chat = at('https://shop.example', BACK, Promise.resolve(BACK));
  await vi.advanceTimersByTimeAsync(1);
  const came = { token: 't1', resume_key: 'k2', epoch: 'e1', conversations: [] };
  await server.answer('/visits', visit({ ask_when_away: false }, {}, came));
  chat.draft.text = 'Hello';
  expect(chat.asking).toBe(false);
  expect(chat.say()).toBe(true);
  await vi.advanceTimersByTimeAsync(5_000);
  const errors = [{ field: 'fields.order', code: 'empty', detail: '' }];
  await server.answer('/widget/conversations', { code: 'invalid', status: 400, errors }, 400);
  expect(chat.asking).toBe(false);
  const order = { key: 'order', label: 'Order', kind: 'text' as const, options: [], required: true };
  await server.answer('/visits', visit({ ask_when_away: false, fields: [order] }, {}, { ...came, token: 't2' }));
  expect(chat.asking).toBe(true);
  expect(chat.questions.complaints).toEqual({ 'fields.order': 'missing' });
  expect(kept(chat)).toEqual({ draft: 'Hello', pending: [] });
});

test('a message with files that is refused for an answer stays where it lies until the part for files has it back', async () => {
  vi.useFakeTimers();
  const server = new Server();
  const chat = at('https://shop.example', BACK, Promise.resolve(BACK));
  await vi.advanceTimersByTimeAsync(1);
  const came = { token: 't1', resume_key: 'k2', epoch: 'e1', conversations: [] };
  await server.answer('/visits', visit({}, {}, came));
  const file = { id: 'f1', name: 'foto.jpg', type: 'image/jpeg', size: 1, width: null, height: null, thumbnail: false, sound: null };
  chat.say('Look', [file]);
  await vi.advanceTimersByTimeAsync(5_000);
  const errors = [{ field: 'email', code: 'invalid', detail: '' }];
  await server.answer('/widget/conversations', { code: 'invalid', status: 400, errors }, 400);
  await server.answer('/visits', visit({ ask_email: 'required' }, {}, { ...came, token: 't2' }));
  expect(chat.pending.map(({ body, state }) => [body, state])).toEqual([['Look', 'failed']]);
});

test('what was sent from one tab is not there to be sent from another, and leaves its place to what stands there', async () => {
  const site = 'https://tabs.example';
  const lying = (): string => at(site).draft.text;
  const [one, other] = [at(site), at(site)];
  one.draft.text = 'from one';
  other.draft.text = 'from the other';
  const third = at(site);
  expect(third.draft.text).toBe('from the other');
  other.say();
  expect(lying()).toBe('');
  await vi.waitUntil(() => third.draft.text === '');
  await vi.waitUntil(() => lying() === 'from one');
  expect([one.draft.text, other.draft.text]).toEqual(['from one', '']);
});

test('what was only shown, or began what was sent, does not come back when another tab has sent', async () => {
  const site = 'https://begun.example';
  const lying = (): string => at(site).draft.text;
  const one = at(site);
  one.draft.text = 'Hello';
  const [shown, typed] = [at(site), at(site)];
  typed.draft.text = 'Hello, is';
  one.draft.text = 'Hello, is anybody there?';
  one.say();
  await vi.waitUntil(() => shown.draft.text === '' && typed.draft.text === '');
  expect(lying()).toBe('');

  one.draft.text = 'Two lamps';
  const another = at(site);
  typed.draft.text = 'About my order';
  one.say();
  await vi.waitUntil(() => another.draft.text === '' && lying() === 'About my order');
  expect(typed.draft.text).toBe('About my order');
});

test('one user of a site has nothing of another’s in the box, nor of nobody’s', async () => {
  const token = (sub: string): string => `x.${btoa(JSON.stringify({ sub }))}.y`;
  const nobody = at('https://shop.example');
  nobody.draft.text = 'before signing in';
  const ana = at('https://shop.example', { ...NEW, identity: token('ana') });
  expect(ana.draft.text).toBe('');
  ana.draft.text = 'mine alone';
  expect(at('https://shop.example', { ...NEW, identity: token('eva') }).draft.text).toBe('');
  expect(at('https://shop.example', { ...NEW, identity: token('ana') }).draft.text).toBe('mine alone');
  expect(at('https://shop.example').draft.text).toBe('before signing in');
});

test('a text by the page is for a box in which the visitor has written nothing', () => {
  const { draft } = at('https://shop.example');
  draft.offer('About order 17');
  draft.offer('About order 18');
  expect(draft.text).toBe('About order 18');
  draft.text = 'About order 18, please';
  draft.offer('About order 19');
  expect(draft.text).toBe('About order 18, please');
});

test('the list knows a conversation as soon as it is opened, and its newest words', async () => {
  const book = new Book({} as Session, () => undefined);
  const first = conversation('c1', { status: 'closed' });
  book.arrived(visit({}, {}, { conversations: [] }));
  await book.answered({ conversation: first, entry: mine(1) });
  expect(book.list.conversations).toEqual([first]);
  const second = conversation('c2', { opened_at: NOON_US + 1 });
  await book.answered({ conversation: second, entry: mine(1, { body: 'another thing' }) });
  expect(book.list.conversations.map(({ id }) => id)).toEqual(['c2', 'c1']);
  expect(book.list.lines).toEqual({ c1: 'mine 1', c2: 'another thing' });
});

test('the list calls a conversation by who last answered in it', () => {
  const book = new Book({} as Session, () => undefined);
  const told = conversation('c1', { operator: 'Bruno', version: 2 });
  book.hear({ type: 'message.posted', conversation: { ...told, version: 1 }, entries: [mine(1)] });
  expect(book.list.names).toEqual({});
  book.hear({ type: 'message.posted', conversation: told, entries: [theirs(2)] });
  expect(book.list.names).toEqual({ c1: 'Ana' });
});

test('a token that is none is said to the developer, also in an open chat', () => {
  const told: unknown[] = [];
  let say: (message: unknown) => void = () => undefined;
  const host = { ...HOST, tell: (message: unknown) => told.push(message), hear: (heard: typeof say) => (say = heard) };
  new Chat('key', host as unknown as Host, NEW);
  say({ type: 'identify', value: 'x.y.z' });
  expect(told).toEqual([{ type: 'warn', text: 'identity: malformed' }]);
});

test('after "forget" nothing that was typed here is there for whoever sits here next', async () => {
  const reload = vi.fn();
  vi.stubGlobal('location', hereWith(reload));
  const before = at('https://forgets.example');
  before.draft.text = 'my card is 1234';
  before.say();
  before.draft.text = 'and it ends in';
  before.questions.type('name', 'Lucía', 'name');
  expect(at('https://forgets.example').questions.typed).toEqual({ name: 'Lucía' });
  at('https://forgets.example', { ...NEW, identity: `x.${btoa('{"sub":"eva"}')}.y` }).draft.text = 'of another user';
  const elsewhere = at('https://other.example');
  elsewhere.draft.text = 'of another site';
  let say: (message: unknown) => void = () => undefined;
  const host = { ...HOST, site: 'https://forgets.example', hear: (heard: typeof say) => (say = heard) };
  const signed = new Chat('key', host as unknown as Host, { ...NEW, identity: `x.${btoa('{"sub":"ana"}')}.y` });
  signed.draft.text = 'hers';
  expect(await found('https://forgets.example')).toEqual({ draft: 'and it ends in', pending: ['my card is 1234'] });
  say({ type: 'forget' });
  await vi.waitUntil(() => reload.mock.calls.length > 0);
  expect(Object.keys(localStorage)).toEqual(['recado:draft:https://other.example/key']);
  expect(await found('https://forgets.example')).toEqual({ draft: '', pending: [] });
  expect(at('https://forgets.example').questions.typed).toEqual({});
});
