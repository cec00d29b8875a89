import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem } from '@recado/shared/api.ts';
import { Host } from '../src/frame/host.ts';
import { Session } from '../src/frame/session.ts';
import type { ToFrame, ToLoader } from '../src/protocol.ts';
import { visit as visitOf } from './make.ts';

const SITE = 'https://shop.example';
const PAGE = `${SITE}/lamps?order=17#buy`;
const parentWindow = { postMessage: vi.fn() };
const SIGNED = `x.${btoa('{"sub":"ana"}')}.y`;
const look = { colour: '#0b6b4f', ink: '#fff', corner: 'right', scheme: 'light', locale_hint: 'es' };

let asked: { path: string; token: string | null; body: Record<string, unknown> }[];
let replies: [status: number, body: unknown][];
let refused: string[];
/** How often it was said that what the site has signed does not hold any more. */
let expired: number;
let told: ToLoader[];
let ports: MessagePort[];
/** What the loader answers with whenever it is asked. */
let kept: Record<string, string>;

beforeEach(() => {
  [asked, replies, refused, told, ports, kept, expired] = [[], [], [], [], [], {}, 0];
  parentWindow.postMessage.mockReset();
  vi.stubGlobal('parent', parentWindow);
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    const token = new Headers(init.headers).get('authorization');
    asked.push({ path, token, body: JSON.parse(String(init.body ?? 'null')) as Record<string, unknown> });
    const [status, body] = replies.shift() ?? [500, {}];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
});
afterEach(() => {
  for (const port of ports) port.close();
  vi.unstubAllGlobals();
});

function hear(data: unknown, origin = SITE, source: unknown = parentWindow, given: MessagePort[] = []): void {
  const event = new MessageEvent('message', { data, origin, ports: given });
  Object.defineProperty(event, 'source', { value: source });
  dispatchEvent(event);
}

/** The loader greets, and answers from then on. Gives its end of the channel. */
function greet(more: object = {}, origin = SITE, source: unknown = parentWindow): MessagePort {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1);
  const start = (): object => ({ type: 'start', kept, page: PAGE, look, ...more });
  port1.onmessage = ({ data }: MessageEvent<ToLoader>) => {
    if (data.type === 'ready') port1.postMessage(start());
    else told.push(data);
  };
  hear({ recado: 1, ...start() }, origin, source, [port2]);
  return port1;
}

function open(identity?: unknown): Session {
  const events = { arrived: () => undefined, refused: (code: string) => refused.push(code), expired: () => (expired += 1) };
  return new Session(new Host(), 'key', identity, events);
}

const visit = (token: string, resume_key: string, verified = false): [number, unknown] => [
  200,
  visitOf({}, { verified }, { token, resume_key }),
];
const wrong = (field: string, code: string): [number, unknown] => [400, { code: 'invalid', errors: [{ field, code }] }];
const FINE: [number, unknown] = [200, { fine: true }];

test('the resume key becomes a token, and the new key goes by the channel alone', async () => {
  replies.push(visit('t1', 'k2'), FINE);
  kept = { '': 'k1' };
  const answer = open().request('GET', '/conversations');
  greet();
  expect(await answer).toEqual({ fine: true });
  expect(asked[0]?.body).toMatchObject({ inbox: 'key', site: SITE, resume_key: 'k1', page: `${SITE}/lamps` });
  expect(asked[1]?.token).toBe('Bearer t1');
  expect(parentWindow.postMessage.mock.calls).toEqual([[{ recado: 1, type: 'ready' }, '*']]);
  await vi.waitFor(() => expect(told).toEqual([{ type: 'keep', name: '', text: 'k2' }]));
});

test('a token that has run out is renewed with the newest key, and the request made once more', async () => {
  const session = open();
  replies.push(visit('t1', 'k2'), [401, { code: 'unauthenticated' }], visit('t2', 'k4'), FINE);
  kept = { '': 'k1' };
  const answer = session.request('POST', '/conversations', { body: 'hello' });
  greet();
  kept = { '': 'k3' };
  expect(await answer).toEqual({ fine: true });
  expect(asked.map(({ body }) => body['resume_key'])).toEqual(['k1', undefined, 'k3', undefined]);
  expect(asked[3]).toMatchObject({ token: 'Bearer t2', body: { body: 'hello' } });
});

test('requests at once make one visit', async () => {
  const session = open();
  replies.push(visit('t1', 'k2'), [200, 1], [200, 2]);
  const both = Promise.all([session.request('GET', '/a'), session.request('GET', '/b')]);
  greet();
  await both;
  expect(asked.filter(({ path }) => path.endsWith('/visits'))).toHaveLength(1);
});

test('a site that may not show the inbox is told once and for all', async () => {
  replies.push([403, { code: 'origin' }]);
  const answer = open().token();
  greet();
  await expect(answer).rejects.toMatchObject({ code: 'origin' });
  expect(refused).toEqual(['origin']);
});

test('only the window around the frame is heard, and of it only the first greeting', async () => {
  const host = new Host();
  const heard: ToFrame[] = [];
  host.hear((message) => heard.push(message));
  const answer = host.start();
  greet({ kept: { '': 'evil' } }, 'https://evil.example', { postMessage: vi.fn() });
  hear({ type: 'start', kept: { '': 'evil' } });
  kept = { '': 'k1' };
  const port = greet();
  greet({ kept: { '': 'evil' } }, 'https://evil.example');
  hear({ recado: 1, type: 'opened' });
  port.postMessage({ type: 'opened' });
  await vi.waitFor(() => expect(heard).toEqual([{ type: 'opened' }]));
  expect((await answer).kept).toEqual({ '': 'k1' });
  expect(host.site).toBe(SITE);
});

// ── who the site has signed ──────────────────────────────────────────────────────────────────────────────────────

test('a verified visitor’s key stays in the page, and carries it on', async () => {
  const session = open(SIGNED);
  replies.push(visit('t1', 'secret', true), [401, {}], visit('t2', 'secret-2', true), FINE);
  kept = { '': 'anonymous' };
  const answer = session.request('GET', '/conversations');
  greet();
  expect(await answer).toEqual({ fine: true });
  expect(asked[0]?.body).toMatchObject({ identity: SIGNED, resume_key: null });
  expect(asked[2]?.body).toMatchObject({ resume_key: 'secret' });
  expect(asked[2]?.body).not.toHaveProperty('identity');
  await new Promise((done) => setTimeout(done, 20));
  expect(told).toEqual([]);
});

test('a signature that does not hold is a line for the developer, and nobody else comes in its place', async () => {
  const session = open(SIGNED);
  replies.push(wrong('identity', 'signature'));
  kept = { '': 'anonymous' };
  const answer = session.token();
  greet();
  await expect(answer).rejects.toThrow();
  await vi.waitFor(() => expect(told).toEqual([{ type: 'warn', text: 'identity: signature' }]));
  await expect(session.request('POST', '/conversations', { body: 'mine' })).rejects.not.toBeInstanceOf(ApiProblem);
  expect([asked.map(({ body }) => body['resume_key']), expired]).toEqual([[null], 1]);
});

test('a page that outlives what was signed waits for the site, and goes on by what it signs anew', async () => {
  const session = open(SIGNED);
  replies.push(visit('t1', 'secret', true), visit('t2', 'foreign'), wrong('identity', 'expired'));
  kept = { '': 'anonymous' };
  const first = session.token();
  greet();
  await first;
  session.expire();
  await expect(session.request('POST', '/conversations', { body: 'mine' })).rejects.toThrow();
  await expect(session.token()).rejects.toThrow();
  expect(asked.map(({ body }) => body['resume_key'])).toEqual([null, 'secret', null]);
  expect(expired).toBe(1);
  expect(session.identify(`${SIGNED} anew`)).toBe('ana');
  replies.push(visit('t3', 'secret-3', true));
  expect(await session.token()).toBe('t3');
  expect(asked[3]?.body).toMatchObject({ identity: `${SIGNED} anew`, resume_key: null });
});

test('a key that has ended leads to the signature again, and to nobody else', async () => {
  const session = open(SIGNED);
  replies.push(visit('t1', 'secret', true), visit('t2', 'foreign', false), visit('t3', 'secret-3', true));
  const first = session.token();
  greet();
  await first;
  session.expire();
  expect(await session.token()).toBe('t3');
  expect(asked.map(({ body }) => [body['resume_key'], body['identity']])).toEqual([
    [null, SIGNED],
    ['secret', undefined],
    [null, SIGNED],
  ]);
  expect(told).toEqual([]);
});

test('what the page tells of its user goes along as texts, and without it where it is refused', async () => {
  replies.push(wrong('data', 'too_long'), visit('t1', 'k2'));
  const answer = open().token();
  greet({ data: { plan: 'pro', orders: 3 } });
  await answer;
  expect(asked.map(({ body }) => body['data'])).toEqual([{ plan: 'pro', orders: '3' }, {}]);
  await vi.waitFor(() => expect(told[0]).toEqual({ type: 'warn', text: 'data: too_long' }));
});

test.each([null, '', 'x', 'a.b.c', 'a.e30.c'])('what names nobody is a line for the developer: %s', async (token) => {
  const session = open(token);
  replies.push(visit('t1', 'k2'));
  const answer = session.token();
  greet();
  expect(await answer).toBe('t1');
  expect([session.user, session.identify(token)]).toEqual(['', '']);
  expect(asked[0]?.body).not.toHaveProperty('identity');
  await vi.waitFor(() => expect(told).toContainEqual({ type: 'warn', text: 'identity: malformed' }));
});
