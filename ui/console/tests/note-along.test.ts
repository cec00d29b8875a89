/** A note that goes with a transfer or a close: sent with it, or still there, or kept where words are kept. */
import { ApiProblem } from '@recado/shared/api.ts';
import { beforeEach, expect, test, vi } from 'vitest';
import { speak } from '../src/state/language.svelte.ts';
import { NoteAlong } from '../src/state/note-along.svelte.ts';
import { notices } from '../src/state/notices.svelte.ts';

const NOTE = 'Ya tiene el descuento';
let keep: ReturnType<typeof vi.fn<(note: string, lost: boolean) => void>>;
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
  along.leave();
  expect([sent.mock.calls, along.text, keep.mock.calls]).toEqual([[[{ note: NOTE, client_id: expect.any(String) }]], '', []]);
});

test.each([
  ['closed', false],
  ['not_found', true],
])('where it was %s meanwhile, the dialog is over and the words are kept, once', async (code, lost) => {
  expect(await along.send(refused(409, code))).toBe(true);
  along.leave();
  expect(keep.mock.calls).toEqual([[NOTE, lost]]);
  expect(told().length).toBe(1);
});

test('where a colleague was quicker, which has been told, the words are kept', async () => {
  expect(await along.send(async () => false)).toBe(true);
  expect([keep.mock.calls, told()]).toEqual([[[NOTE, false]], []]);
});

test('a dialog that goes with its conversation leaves the words; one that is given up does not', () => {
  along.leave();
  expect(keep.mock.calls).toEqual([[NOTE, false]]);
  const other = new NoteAlong(keep);
  other.text = 'Nothing of importance';
  other.giveUp();
  other.leave();
  expect(keep).toHaveBeenCalledTimes(1);
});

test.each([
  ['succeeds', true, []],
  ['fails', false, [[NOTE, false]]],
])('a request on its way when the dialog goes is waited for, and %s', async (_, well, kept) => {
  let answer!: (error?: ApiProblem) => void;
  const sending = along.send(
    () => new Promise((done, fail) => (answer = (error) => (error ? fail(error) : done(true)))),
  );
  along.leave();
  expect([await along.send(async () => true), keep.mock.calls]).toEqual([false, []]);
  answer(well ? undefined : new ApiProblem(0, 'offline'));
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
  expect(ids.map((id) => ids.indexOf(id))).toEqual([0, 0, 2, 3]);
});
