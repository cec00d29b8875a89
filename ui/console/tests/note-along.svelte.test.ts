/** Words that go with a transfer, a close or a block: stored with it, or still there, or kept where words are kept. */
import { ApiProblem } from '@recado/shared/api.ts';
import { flushSync } from 'svelte';
import { beforeEach, expect, test, vi } from 'vitest';
import { speak } from '../src/state/language.svelte.ts';
import { NoteAlong, type Along, type Keep } from '../src/state/note-along.svelte.ts';
import { notices } from '../src/state/notices.svelte.ts';

const NOTE = 'Ya tiene el descuento';
let keep: ReturnType<typeof vi.fn<Keep>>;
let along: NoteAlong;
const refused = (status: number, code: string) => () => Promise.reject(new ApiProblem(status, code));
const told = (): string[] => notices.shown.map(({ text }) => text);

beforeEach(async () => {
  await speak('en');
  for (const { id } of notices.shown) notices.dismiss(id);
  keep = vi.fn();
  along = new NoteAlong(keep);
  along.text = `  ${NOTE} `;
});

test.each([
  [503, 'busy'],
  [0, 'offline'],
  [409, 'full'],
])('where the request fails (%i %s) it stays where it was written, with the reason', async (status, code) => {
  expect(await along.send(refused(status, code))).toBe(false);
  expect([along.text.trim(), along.form.problem, keep.mock.calls]).toEqual([NOTE, expect.any(String), []]);
  const sent = vi.fn(async () => true);
  expect(await along.send(sent)).toBe(true);
  await along.leave();
  expect(sent).toHaveBeenCalledTimes(1);
  expect([sent.mock.calls, along.text, keep.mock.calls]).toEqual([[[{ note: NOTE, client_id: expect.any(String) }]], '', []]);
});

test.each([
  ['closed', false],
  ['not_found', true],
])('where it was %s meanwhile, the dialog is over and the words are kept, once', async (code, lost) => {
  expect(await along.send(refused(409, code))).toBe(true);
  await along.leave();
  expect(keep.mock.calls).toEqual([[NOTE, lost, expect.any(String)]]);
  expect(told().length).toBe(1);
});

test('where a colleague was quicker, which has been told, the words are kept', async () => {
  expect(await along.send(async () => false)).toBe(true);
  expect([keep.mock.calls, told()]).toEqual([[[NOTE, false, expect.any(String)]], []]);
});

test('a dialog that goes with its conversation leaves the words; one that is given up does not', async () => {
  await along.leave();
  expect(keep.mock.calls).toEqual([[NOTE, false, null]]);
  const other = new NoteAlong(keep);
  other.text = 'Nothing of importance';
  other.giveUp();
  await other.leave();
  expect(keep).toHaveBeenCalledTimes(1);
});

test('what is given up is not kept, though a component that goes still sees the state as it was', async () => {
  let open = $state(true);
  const end = $effect.root(() => {
    $effect(() => {
      if (open) $effect(() => () => void along.leave());
    });
  });
  flushSync();
  along.giveUp();
  open = false;
  flushSync();
  end();
  await Promise.resolve();
  expect(keep.mock.calls).toEqual([]);
});

test.each([
  ['succeeds', true, []],
  ['fails', false, [[NOTE, false, expect.any(String)]]],
])('a request on its way when the dialog goes is waited for, and %s', async (_, well, kept) => {
  let answer!: (error?: ApiProblem) => void;
  const sending = along.send(
    () => new Promise((done, fail) => (answer = (error) => (error ? fail(error) : done(true)))),
  );
  await along.leave();
  expect([await along.send(async () => true), keep.mock.calls]).toEqual([false, []]);
  answer(well ? undefined : new ApiProblem(503, 'busy'));
  await sending;
  expect([keep.mock.calls, told().length]).toEqual([kept, well ? 0 : 1]);
});

test('the same words on the same way are the same note however often they are sent, and any others are another', async () => {
  const ids: string[] = [];
  const send = (goal: object) =>
    along.send(({ client_id }) => {
      ids.push(client_id);
      return Promise.reject(new ApiProblem(0, 'offline'));
    }, goal);
  for (const goal of [{ operator: 8 }, { operator: 8 }, { operator: 9 }]) await send(goal);
  along.text = 'Ya tiene el descuento, y espera';
  await send({ operator: 9 });
  expect([...new Set(ids)].map((one) => ids.filter((id) => id === one).length)).toEqual([4, 2, 2]);
});

/** Stores it, and loses its own answer: so often the connection breaks. */
function stored(lost: number, meanwhile: () => void = () => undefined) {
  const ids: string[] = [];
  const move = ({ client_id }: Along): Promise<boolean> => {
    ids.push(client_id);
    if (ids.length === 1) meanwhile();
    return ids.length <= lost ? Promise.reject(new ApiProblem(0, 'offline')) : Promise.resolve(true);
  };
  return { ids, move };
}

test('where only the answer was lost, it is asked for once more: what is stored is neither written again nor kept', async () => {
  const { ids, move } = stored(1);
  expect(await along.send(move)).toBe(true);
  await along.leave();
  expect([ids.length, new Set(ids).size, along.text, keep.mock.calls, told()]).toEqual([2, 1, '', [], []]);
});

test('the same where the event was quicker, and the dialog has gone with its conversation', async () => {
  const { ids, move } = stored(1, () => void along.leave());
  expect(await along.send(move)).toBe(true);
  expect([ids.length, keep.mock.calls, told()]).toEqual([2, [], []]);
});

test('where that is lost, too, the words say which message they were, unless others were written since', async () => {
  const { ids, move } = stored(2);
  expect(await along.send(move)).toBe(false);
  await along.leave();
  expect([ids.length, keep.mock.calls]).toEqual([2, [[NOTE, false, ids[0]]]]);
  along = new NoteAlong(keep);
  along.text = NOTE;
  await along.send(stored(2).move);
  along.text = `${NOTE}, y espera`;
  await along.leave();
  expect(keep.mock.lastCall).toEqual([`${NOTE}, y espera`, false, null]);
});

test('what certainly was not stored, what has no words, and what was long on its way is not asked for again by itself', async () => {
  vi.useFakeTimers();
  const move = vi.fn(refused(503, 'busy'));
  await along.send(move);
  expect(move).toHaveBeenCalledTimes(1);
  const slow = vi.fn(() => (vi.advanceTimersByTime(20_000), refused(0, 'offline')()));
  await along.send(slow);
  expect(slow).toHaveBeenCalledTimes(1);
  along.text = ' ';
  const wordless = vi.fn(refused(0, 'offline'));
  await along.send(wordless);
  expect(wordless).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});
