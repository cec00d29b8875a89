/** The page of what notifies me: what I choose holds at once, is taken back where it is refused, and is given up again. */
import type { Choices, NoticesState } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { disturbNot, whilesFrom } from '../src/features/frame/disturbing.ts';
import { minuteOf, timeOf } from '../src/features/notify/quiet-times.ts';
import { BUILT_IN, chosen } from '../src/state/choices.svelte.ts';
import { notices } from '../src/state/notices.svelte.ts';
import { NotifyingState } from '../src/state/notifying.svelte.ts';
import { browserName, bytesOf, textOf } from '../src/state/pushing.svelte.ts';

let state: NoticesState;
let refuse: boolean;
let asked: { method: string; path: string; body: Record<string, unknown> }[];
let page: NotifyingState;

beforeEach(async () => {
  state = { chosen: {}, defaults: BUILT_IN.choices, notices: BUILT_IN, email: null, mail: true, push_key: 'BA', browsers: [] };
  [refuse, asked] = [false, []];
  vi.stubGlobal('fetch', async (path: string, { method, body }: { method: string; body?: string }) => {
    const sent = body ? (JSON.parse(body) as Record<string, unknown>) : {};
    if (method !== 'GET') asked.push({ method, path, body: sent });
    if (refuse) return new Response(JSON.stringify({ code: 'busy' }), { status: 503 });
    if (path.endsWith('/dnd')) return answer({ ...state.notices, dnd_until: sent.until, at: state.notices.at + 1 });
    if (sent.chosen) state = { ...state, chosen: sent.chosen };
    const choices: Choices = { ...state.defaults, ...state.chosen };
    state = { ...state, notices: { ...state.notices, choices, zone: (sent.zone as string | undefined) ?? state.notices.zone, at: state.notices.at + 1 } };
    return answer(state);
  });
  page = new NotifyingState();
  await page.load();
});
afterEach(() => {
  chosen.forget();
  for (const { id } of notices.shown) notices.dismiss(id);
  vi.unstubAllGlobals();
});

const answer = (body: unknown): Response => new Response(JSON.stringify(body));

test('what is chosen shows before it is stored, holds on every page of mine then, and is mine', async () => {
  const done = page.choose({ customers: 'mine' });
  expect([page.choices.customers, chosen.choices.customers]).toEqual(['mine', 'all']);
  await done;
  expect([chosen.choices.customers, page.isOwn('customers', 'internal'), page.isOwn('sounds')]).toEqual(['mine', true, false]);
});

test('what is refused is as it was', async () => {
  refuse = true;
  await expect(page.choose({ email: false })).rejects.toThrow();
  expect([page.choices.email, page.isOwn('email')]).toEqual([true, false]);
});

test('what is given up is as for all, and nothing else of mine changes', async () => {
  await page.choose({ customers: 'none' });
  await page.choose({ push: false });
  await page.giveUp('customers', 'internal');
  expect(asked.at(-1)?.body).toEqual({ chosen: { push: false } });
  expect([page.choices.customers, page.choices.push]).toEqual(['all', false]);
});

test('quiet hours are meant where this browser is, unless a zone was chosen before', async () => {
  const quiet = { start: 1200, end: 480, days: [0] };
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  await page.quiet(quiet);
  expect(asked.at(-1)?.body).toEqual({ chosen: { quiet }, zone: here });
  await page.setZone('America/Lima');
  await page.quiet({ ...quiet, end: 500 });
  expect(asked.at(-1)?.body).toEqual({ chosen: { quiet: { ...quiet, end: 500 } } });
});

test('what is chosen in quick succession is all chosen, and one that is refused takes no other along', async () => {
  const first = page.choose({ customers: 'mine' });
  const second = page.choose({ internal: 'none' });
  expect([page.choices.customers, page.choices.internal]).toEqual(['mine', 'none']);
  await first;
  refuse = true;
  await expect(second).rejects.toThrow();
  refuse = false;
  await page.choose({ push: false });
  expect(asked.map(({ body }) => body.chosen)).toEqual([{ customers: 'mine' }, { customers: 'mine', internal: 'none' }, { customers: 'mine', push: false }]);
  expect([page.choices.customers, page.choices.internal, page.choices.push]).toEqual(['mine', 'all', false]);
});

test('nothing disturbs until then, which is told and can be taken back', async () => {
  const until = (Date.now() + 60_000) * 1000;
  await disturbNot(until);
  expect(chosen.undisturbed).toBe(until);
  expect(notices.undo()).toBe(true);
  await vi.waitUntil(() => chosen.undisturbed === null);
  expect(asked.map(({ path, body }) => [path.split('/').at(-1), body.until])).toEqual([['dnd', until], ['dnd', null]]);
});

test('a pause until tomorrow ends at eight, also over the end of a month', () => {
  const late = new Date(2026, 10, 30, 23, 59).getTime() * 1000;
  const morning = whilesFrom(late).find(({ name }) => name === 'morning')!;
  expect(new Date(morning.until / 1000)).toEqual(new Date(2026, 11, 1, 8));
});

test('minutes of the day are written as times, and read back', () => {
  expect([timeOf(0), timeOf(510), minuteOf('08:30'), minuteOf('23:59:00'), minuteOf(''), minuteOf('24:00')]).toEqual(['00:00', '08:30', 510, 1439, null, null]);
});

test('keys are written as the standard does', () => {
  const text = 'B_-AfX8';
  expect(textOf(bytesOf(text).buffer)).toBe(text);
  expect(textOf(null)).toBe('');
});

test.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0', 'Edge, Windows'],
  ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36', 'Chrome, Android'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1', 'Safari, iPhone'],
  ['curl', '?'],
])('%s is called %s', (agent, name) => {
  expect(browserName(agent)).toBe(name);
});
