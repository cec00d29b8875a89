/** What is said of a deed that cannot be done. */
import { afterEach, expect, test, vi } from 'vitest';
import { Afterwards } from '../src/features/desk/afterwards.svelte.ts';
import { notices } from '../src/state/notices.svelte.ts';
import { t } from '../src/state/language.svelte.ts';
import { time } from '../src/state/time.svelte.ts';
import { fromState } from '../src/state/conversation-model.ts';
import { ANA, attended, conversation, mark, mine, RULES } from './world.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('that it was too late to delete is said, though the question has gone', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify({ code: 'late', within: 900 }), { status: 409, headers: { 'content-type': 'application/problem+json' } })));
  const said = vi.spyOn(notices, 'warning');
  const entry = mine(3);
  const open = { id: 1, model: { entries: [entry], conversation: { department: { id: 1 } } } };
  const desk = { me: 1, sent: () => undefined, model: { rules: new Map([[1, { edit_minutes: 15, undo_s: 10 }]]) } };
  const afterwards = new Afterwards(desk as never, open as never);
  afterwards.deleting = entry;
  const going = afterwards.delete(entry);
  afterwards.deleting = null;
  await going;
  expect(said).toHaveBeenCalled();
});

test('that files are not taken back is said, as long as words would be', () => {
  const said = vi.spyOn(notices, 'warning').mockReturnValue(undefined);
  const file = { id: 'f', name: 'voice.webm', type: 'audio/webm', size: 1, width: null, height: null, thumbnail: false, sound: null };
  // Another test may have left the clock of the pages ahead.
  const now = Math.max(time.now, Date.now() * 1000);
  const sent = (at: number) => ({ id: 1, model: fromState(conversation(attended(1, ANA), [mine(2, { at, attachments: [file] })])) });
  const desk = { me: ANA, model: { rules: { get: () => RULES } } };
  expect(new Afterwards(desk as never, sent(now - 60_000_000) as never).undoLast()).toBe(false);
  expect(new Afterwards(desk as never, sent(now) as never).undoLast()).toBe(true);
  expect(said.mock.calls).toEqual([[t('undo.files')]]);
});

test('that what was seen is not taken back is said, and nothing where nothing ever is', () => {
  const said = vi.spyOn(notices, 'warning').mockReturnValue(undefined);
  const now = Math.max(time.now, Date.now() * 1000);
  const open = (at: number) => ({ id: 1, model: fromState({ ...conversation(attended(1, ANA), [mine(2, { at })]), marks: [mark('visitor', 101, 9)] }) });
  const undo = (rules: object, at: number) => new Afterwards({ me: ANA, model: { rules: { get: () => rules } } } as never, open(at) as never).undoLast();
  expect(undo(RULES, now)).toBe(true);
  expect(said.mock.calls[0]![0]).toContain(t('undo.seen'));
  expect(undo({ ...RULES, undo_s: 0 }, now)).toBe(false);
});
