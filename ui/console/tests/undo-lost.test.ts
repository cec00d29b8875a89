/** What becomes of the words of a message that one takes back while its answer does not come, or says no. */
import { afterEach, expect, test, vi } from 'vitest';
import { Afterwards } from '../src/features/desk/afterwards.svelte.ts';
import { fromState } from '../src/state/conversation-model.ts';
import { ANA, attended, conversation, mine, RULES } from './world.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const problem = (code: string, status: number): Response =>
  new Response(JSON.stringify({ code }), { status, headers: { 'content-type': 'application/problem+json' } });

/** Ana takes back what she wrote while "and more" stands in her box; returns what stands there afterwards. */
async function takenBack(answer: () => Promise<Response>): Promise<string> {
  vi.stubGlobal('fetch', answer);
  const texts = new Map([['answer', 'and more']]);
  const drafts = {
    get: (_: number, mode: string): string => texts.get(mode) ?? '',
    set: (_: number, body: string, mode: string): void => void texts.set(mode, body),
  };
  const entry = mine(2, { at: Date.now() * 1000, body: 'Half an hour of typing' });
  const open = { id: 1, mode: 'answer', quotation: { entry: null }, model: fromState(conversation(attended(1, ANA), [entry])) };
  const desk = { me: ANA, sent: () => undefined, drafts, model: { rules: { get: () => RULES } } };
  await new Afterwards(desk as never, open as never).undo(entry);
  return texts.get('answer') ?? '';
}

test.each([
  ['the line is cut', () => Promise.reject(new TypeError('failed to fetch'))],
  ['a proxy answers for the server', () => Promise.resolve(new Response('', { status: 502 }))],
  ['the server does not know itself', () => Promise.resolve(problem('unknown', 503))],
])('the words stand in the box where %s, since the message may have gone', async (_, answer) => {
  expect(await takenBack(answer)).toContain('Half an hour of typing');
});

test('they leave it again where the message stays', async () => {
  expect(await takenBack(() => Promise.resolve(problem('seen', 409)))).toBe('and more');
  expect(await takenBack(() => Promise.resolve(problem('busy', 503)))).toBe('and more');
});
