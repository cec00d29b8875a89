import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Host } from '../src/frame/host.ts';
import { Session } from '../src/frame/session.ts';

const SITE = 'https://shop.example';
const parentWindow = { postMessage: vi.fn() };

let asked: { path: string; token: string | null; body: Record<string, unknown> }[];
let replies: [status: number, body: unknown][];
let refused: string[];

beforeEach(() => {
  [asked, replies, refused] = [[], [], []];
  parentWindow.postMessage.mockReset();
  vi.stubGlobal('parent', parentWindow);
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    const token = new Headers(init.headers).get('authorization');
    asked.push({ path, token, body: JSON.parse(String(init.body ?? 'null')) as Record<string, unknown> });
    const [status, body] = replies.shift() ?? [500, {}];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
});
afterEach(() => vi.unstubAllGlobals());

function hear(data: unknown, origin = SITE, source: unknown = parentWindow): void {
  const event = new MessageEvent('message', { data, origin });
  Object.defineProperty(event, 'source', { value: source });
  dispatchEvent(event);
}

function start(kept: Record<string, string>, origin = SITE, source: unknown = parentWindow): void {
  hear({ recado: 1, type: 'start', kept, page: `${SITE}/`, locale: 'es' }, origin, source);
}

function open(): Session {
  return new Session(new Host(), 'key', { arrived: () => undefined, refused: (code) => refused.push(code) });
}

const visit = (token: string, resume_key: string): [number, unknown] => [200, { token, resume_key, conversations: [] }];
const turn = (): Promise<void> => new Promise((done) => setTimeout(done));

test('the resume key becomes a token, and the new key goes to the site alone', async () => {
  replies.push(visit('t1', 'k2'), [200, { fine: true }]);
  const answer = open().request('GET', '/conversations');
  start({ '': 'k1' });
  expect(await answer).toEqual({ fine: true });
  expect(asked[0]?.body).toMatchObject({ inbox: 'key', site: SITE, resume_key: 'k1' });
  expect(asked[1]?.token).toBe('Bearer t1');
  expect(parentWindow.postMessage.mock.calls).toEqual([
    [{ recado: 1, type: 'ready' }, '*'],
    [{ recado: 1, type: 'keep', name: '', text: 'k2' }, SITE],
  ]);
});

test('a token that has run out is renewed with the newest key, and the request made once more', async () => {
  const session = open();
  replies.push(visit('t1', 'k2'), [401, { code: 'unauthenticated' }], visit('t2', 'k4'), [200, { fine: true }]);
  const answer = session.request('POST', '/conversations', { body: 'hello' });
  start({ '': 'k1' });
  await turn();
  start({ '': 'k3' });
  expect(await answer).toEqual({ fine: true });
  expect(asked.map(({ body }) => body['resume_key'])).toEqual(['k1', undefined, 'k3', undefined]);
  expect(asked[3]).toMatchObject({ token: 'Bearer t2', body: { body: 'hello' } });
});

test('requests at once make one visit', async () => {
  const session = open();
  replies.push(visit('t1', 'k2'), [200, 1], [200, 2]);
  const both = Promise.all([session.request('GET', '/a'), session.request('GET', '/b')]);
  start({});
  expect(await both).toEqual([1, 2]);
  expect(asked.filter(({ path }) => path.endsWith('/visits'))).toHaveLength(1);
});

test('a site that may not show the inbox is told once and for all', async () => {
  replies.push([403, { code: 'origin' }]);
  const answer = open().token();
  start({});
  await expect(answer).rejects.toMatchObject({ code: 'origin' });
  expect(refused).toEqual(['origin']);
});

test('only the window around the frame is heard, and of it only the first site', async () => {
  replies.push(visit('t1', 'k2'));
  const host = new Host();
  const toggles: boolean[] = [];
  host.whenToggled((is) => toggles.push(is));
  const answer = host.start();
  start({ '': 'evil' }, 'https://evil.example', { postMessage: vi.fn() });
  hear({ recado: 1, type: 'opened' });
  hear({ type: 'start', kept: { '': 'evil' } });
  start({ '': 'k1' });
  hear({ recado: 1, type: 'opened' }, 'https://evil.example');
  expect(toggles).toEqual([false]);
  hear({ recado: 1, type: 'opened' });
  expect(toggles).toEqual([false, true]);
  expect((await answer).kept).toEqual({ '': 'k1' });
  expect(host.site).toBe(SITE);
});
