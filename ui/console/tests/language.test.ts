/** How long something lasts, in words: cut where it grows by itself, exact where it was set. */
import type { Rules } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { scene } from '../src/features/commands/scene.svelte.ts';
import { ruleWords } from '../src/features/desk/rules.ts';
import { beAvailable } from '../src/features/frame/availability.ts';
import type { Desk } from '../src/state/desk.svelte.ts';
import { age, lasting, speak } from '../src/state/language.svelte.ts';
import { notices } from '../src/state/notices.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { time } from '../src/state/time.svelte.ts';
import { desk, RULES } from './world.ts';

beforeEach(() => speak('en'));
afterEach(() => {
  scene.desk = null;
  vi.unstubAllGlobals();
});

test.each([
  [1, '1 min'],
  [90, '90 min'],
  [120, '2 h'],
  [25 * 60, '25 h'],
  [48 * 60, '2 d'],
])('%i minutes that were set are %s', (minutes, words) => {
  expect(lasting(minutes)).toBe(words);
  expect(ruleWords({ ...RULES, absence_minutes: minutes }).join(' ')).toContain(words);
});

test.each([
  [59, '59 min'],
  [90, '1 h'],
  [25 * 60, '1 d'],
])('%i minutes ago is %s', (minutes, words) => expect(age(time.now - minutes * 60_000_000)).toBe(words));

/** What is said to whoever goes away, with these rules known, or none. */
async function toldWith(rules: Rules[] | null): Promise<string> {
  session.me = desk([]).me;
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ ...session.me, locale: 'en' })));
  scene.desk = rules && ({ model: { rules: new Map(rules.map((one, at) => [at, one])) } } as unknown as Desk);
  await beAvailable('away');
  return notices.shown.at(-1)!.text;
}

test('what becomes of what one attends is promised where the rules are known alone', async () => {
  const never = { ...RULES, absence_minutes: null };
  expect(await toldWith([never])).toContain('stays yours');
  expect(await toldWith([never, { ...RULES, absence_minutes: 90 }])).toContain('more than 90 min');
  expect(await toldWith(null)).toBe('You are shown as away');
});
