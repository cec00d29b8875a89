/** What is told while no page is open, and what takes it away again. */
import { expect, test } from 'vitest';
import { seenBy } from '../src/state/worker.ts';
import { isOpen, pageFor, toldBy } from '../worker/told.ts';
import { ANA, attended, BRUNO, mark, row } from './world.ts';

const SHOWN = { type: 'show', tag: 'direct-3', title: 'Bruno', body: '¿Vienes?', url: '/internal/3', at: 5 };
const page = (path: string, frameType = 'top-level') => ({ url: `https://desk.example${path}`, frameType });

test('a push says what is shown, or which are to go', () => {
  expect(toldBy(JSON.stringify({ v: 1, count: 2, badge: 4, ...SHOWN }))).toEqual({ ...SHOWN, badge: 4 });
  expect(toldBy('{"v":1,"type":"clear","tags":["direct-3"]}')).toEqual({ type: 'clear', tags: ['direct-3'], badge: undefined });
});

test.each(['', '{', 'null', '7', '{"type":"show"}', '{"type":"clear"}', undefined])('what cannot be read (%s) leads to the desk', (text) => {
  expect(toldBy(text)).toMatchObject({ type: 'show', title: 'Recado', url: '/desk' });
});

test.each(['https://elsewhere.example/', '//elsewhere.example/', '/\\elsewhere.example', 'javascript:alert(1)', 7])('no notification leads to %s', (url) => {
  expect(toldBy(JSON.stringify({ ...SHOWN, url }))).toMatchObject({ title: 'Bruno', url: '/desk' });
});

test('a press goes to the page that is there, else to the desk, else to any; never to the chat of a site', () => {
  const [chat, start, desk, there] = [page('/widget/abc', 'nested'), page('/'), page('/desk/4'), page('/internal/3')];
  expect(pageFor([chat, start, desk, there], '/internal/3')).toBe(there);
  expect(pageFor([chat, start, desk], '/internal/3')).toBe(desk);
  expect(pageFor([chat, start], '/internal/3')).toBe(start);
  expect(pageFor([chat, page('/widget/abc')], '/internal/3')).toBeUndefined();
  expect([isOpen([chat]), isOpen([chat, start])]).toEqual([false, true]);
});

test('what I have read, or what is no longer mine to read, needs no notification', () => {
  const conversation = attended(1, ANA);
  expect(seenBy({ type: 'thread.read', conversation: 1, version: 3, mark: mark('operator', ANA, 3) }, ANA)).toEqual(['conversation-1']);
  expect(seenBy({ type: 'thread.read', conversation: 1, version: 3, mark: mark('visitor', 101, 3) }, ANA)).toEqual([]);
  expect(seenBy({ type: 'direct.read', direct: 3, version: 3, mark: mark('operator', BRUNO, 3) }, ANA)).toEqual([]);
  expect(seenBy({ type: 'direct.read', direct: 3, version: 3, mark: mark('operator', ANA, 3) }, ANA)).toEqual(['direct-3']);
  expect(seenBy({ type: 'conversation.taken', id: 1, version: 2, operator: BRUNO }, ANA)).toEqual(['waiting-1', 'conversation-1']);
  expect(seenBy({ type: 'conversation.claimed', conversation, entries: [], seen: {} }, ANA)).toEqual(['waiting-1']);
  const rings = { type: 'conversation.changed', conversation: row(1, { alert_step: 2 }) } as const;
  expect(seenBy(rings, ANA)).toEqual([]);
  expect(seenBy({ ...rings, conversation: row(1, { alert_step: 2, acknowledged_by: BRUNO }) }, ANA)).toEqual(['waiting-1']);
});
