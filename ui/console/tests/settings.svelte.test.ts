/** What the settings ask of the server, and when: as little as shows what is true. */
import type { Hours } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { HoursLook } from '../src/state/hours.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { SettingsState } from '../src/state/settings.svelte.ts';
import { Socket } from './socket.ts';
import { desk } from './world.ts';

let asked: string[];
let fails: boolean;
const count = (end: string): number => asked.filter((path) => path.split('?')[0]!.endsWith(end)).length;

beforeEach(() => {
  asked = [];
  fails = false;
  session.me = { ...desk([]).me, role: 'admin' };
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    if (fails) throw new TypeError('offline');
    const found = path.endsWith('/session') ? session.me : path.includes('/audit') ? { items: [], next: null } : [];
    return new Response(JSON.stringify(path.endsWith('/look') ? { open: true, until: null } : found));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a screen that opens asks for each list once, and for the log where it is shown', async () => {
  const settings = new SettingsState();
  onTestFinished(() => settings.stop());
  const hide = settings.showAudit();
  settings.start();
  await vi.waitUntil(() => Socket.last?.onmessage);
  Socket.last.tell({ type: 'hello', epoch: 'e1' });
  await vi.waitUntil(() => settings.connection.state === 'live');
  expect(['/departments', '/operators', '/inboxes', '/audit'].map(count)).toEqual([1, 1, 1, 1]);
  Socket.last.tell({ type: 'settings.changed' });
  await vi.waitUntil(() => count('/audit') === 2);
  hide();
  Socket.last.tell({ type: 'settings.changed' });
  await vi.waitUntil(() => count('/departments') === 3);
  expect(count('/audit')).toBe(2);
  onTestFinished(settings.showAudit());
  expect(count('/audit')).toBe(3);
});

test('zones that could not be had are asked for again, and those that are there stay', async () => {
  const { zones } = new SettingsState();
  fails = true;
  await zones.load();
  expect(zones.phase).toBe('failed');
  fails = false;
  await zones.load();
  expect([zones.phase, zones.found]).toEqual(['ready', []]);
  fails = true;
  await zones.load();
  expect(zones.phase).toBe('ready');
});

test('hours are looked at once they have been written, and none at all are nothing to ask about', async () => {
  vi.useFakeTimers();
  const box = $state<{ hours: Hours | null }>({ hours: null });
  const look = new HoursLook();
  onTestFinished($effect.root(() => look.follow(() => box.hours)));
  await vi.advanceTimersByTimeAsync(1_000);
  expect([count('/hours/look'), look.known]).toEqual([0, null]);
  for (const zone of ['Europe/Paris', 'Europe/Rome', 'Europe/Madrid']) {
    box.hours = { zone, week: [] };
    await vi.advanceTimersByTimeAsync(100);
  }
  await vi.advanceTimersByTimeAsync(300);
  expect([count('/hours/look'), look.known]).toEqual([1, { open: true, until: null }]);
  box.hours = null;
  await vi.advanceTimersByTimeAsync(1_000);
  expect([count('/hours/look'), look.known]).toEqual([1, null]);
});

test('of two fetches that overlap the later one counts, however late the former comes', async () => {
  const shelf = new SettingsState().departments;
  const answers: ((items: object[]) => void)[] = [];
  vi.stubGlobal('fetch', () => new Promise((done) => answers.push((items) => done(new Response(JSON.stringify(items))))));
  const [former, later] = [shelf.load(), shelf.load()];
  answers[1]!([{ id: 2 }]);
  await later;
  answers[0]!([{ id: 1 }]);
  await former;
  expect(shelf.items?.map(({ id }) => id)).toEqual([2]);
});

test('a list that could not be had anew is to be asked for again; what was never there says so on the screen', async () => {
  const { departments } = new SettingsState();
  fails = true;
  expect([await departments.load(), departments.phase]).toEqual([true, 'failed']);
  fails = false;
  expect([await departments.load(), departments.phase]).toEqual([true, 'ready']);
  fails = true;
  expect([await departments.load(), departments.phase]).toEqual([false, 'ready']);
});

test('a fetch that began before a change of mine does not show again what was before', async () => {
  const { reasons } = new SettingsState();
  reasons.put({ id: 1, name: 'Resuelto', retired: false, version: 1 });
  const answers: ((items: object[]) => void)[] = [];
  vi.stubGlobal('fetch', () => new Promise((done) => answers.push((items) => done(new Response(JSON.stringify(items))))));
  const loading = reasons.load();
  reasons.put({ id: 1, name: 'Hecho', retired: false, version: 2 });
  answers[0]!([{ id: 1, name: 'Resuelto', retired: false, version: 1 }]);
  expect(await loading).toBe(true);
  expect(reasons.items?.map(({ name }) => name)).toEqual(['Hecho']);
  answers[1]!([{ id: 1, name: 'Hecho', retired: false, version: 2 }, { id: 2, name: 'Duda', retired: false, version: 1 }]);
  await vi.waitUntil(() => reasons.items?.length === 2);
});
