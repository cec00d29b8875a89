/** What becomes of the desk when one moves a conversation: by the answer, by the event, or by a refusal. */
import type { ConversationRow } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiProblem } from '@recado/shared/api.ts';
import { claim, close, closeWith, pause, release } from '../src/features/desk/doing.ts';
import { OpenConversation } from '../src/state/conversation.svelte.ts';
import { fromState } from '../src/state/desk-model.ts';
import { Desk } from '../src/state/desk.svelte.ts';
import { t } from '../src/state/language.svelte.ts';
import { notices } from '../src/state/notices.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { apply, fromState as opened } from '../src/state/conversation-model.ts';
import { ANA, attended, BRUNO, conversation, desk as state, entry, LINE, mine, posted, row } from './world.ts';

let desk: Desk;
const ids = (list: 'waiting' | 'attending' | 'paused') => desk.rows(list).map(({ id }) => id);

async function show(of: ConversationRow): Promise<OpenConversation> {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(conversation(of, [entry(1)])))));
  await desk.select(of.id);
  return desk.open!;
}

beforeEach(() => {
  localStorage.clear();
  desk = new Desk(ANA);
  desk.model = fromState(state([row(1)], [attended(2, ANA)]));
});
afterEach(() => {
  desk.stop();
  vi.unstubAllGlobals();
});

test('a claim by the button: it is mine, and the list goes with the open one', async () => {
  const open = await show(row(1));
  await desk.move(1, Promise.resolve(attended(1, ANA, { version: 2 })));
  expect([ids('waiting'), ids('attending').sort(), desk.list]).toEqual([[], [1, 2], 'attending']);
  expect([open.model?.conversation.status, open.model?.conversation.operator]).toEqual(['attending', ANA]);
  // The event, which says more, still applies.
  expect(open.apply(posted(attended(1, ANA, { version: 2 }), entry(2)))).toBe(false);
  expect(open.model?.entries.length).toBe(2);
});

test('a release and a pause move it between the lists', async () => {
  await desk.move(2, Promise.resolve(attended(2, ANA, { status: 'paused', version: 3 })));
  expect([ids('attending'), ids('paused'), desk.count('paused')]).toEqual([[], [2], 1]);
  await desk.move(2, Promise.resolve(row(2, { version: 4, former: ANA })));
  expect([ids('paused'), ids('waiting').sort()]).toEqual([[], [1, 2]]);
});

test('giving back says whose it is, so that it is taken from nobody who has it by now', async () => {
  const asked: unknown[] = [];
  await show(attended(2, ANA));
  vi.stubGlobal('fetch', (_: string, { body }: RequestInit) => {
    asked.push(JSON.parse(String(body)));
    return Promise.resolve(Response.json({ conversation: row(2, { version: 5 + asked.length, former: ANA }) }));
  });
  await release(desk, 2);
  session.me = state([]).me;
  await claim(desk, 2);
  notices.undo();
  await vi.waitUntil(() => asked.length === 3);
  session.leave();
  expect(asked).toEqual([{ owner: ANA }, {}, { owner: ANA }]);
});

test('where a colleague was quicker, both my texts are kept, and who it was is shown', async () => {
  const open = await show(row(1));
  desk.drafts.set(1, 'Voy yo');
  desk.drafts.set(1, 'Ojo con el envío', 'note');
  const refused = new ApiProblem(409, 'taken', [], { operator: { id: BRUNO, name: 'Bruno' } });
  expect(await desk.move(1, Promise.reject(refused))).toBe(false);
  expect([open.phase, open.takenBy]).toEqual(['taken', BRUNO]);
  expect(desk.drafts.keptOf(1)).toEqual({ answer: 'Voy yo', note: 'Ojo con el envío' });
  expect(desk.drafts.orphans.map(({ mode }) => mode)).toEqual(['answer', 'note']);
  expect(ids('waiting')).toEqual([]);
});

test('any other refusal is for who asked, and changes nothing', async () => {
  const refused = new ApiProblem(409, 'full');
  await expect(desk.move(2, Promise.reject(refused))).rejects.toBe(refused);
  expect(ids('attending')).toEqual([2]);
});

test('handed to where I do not read, nothing of it stays but my own words', async () => {
  const open = await show(attended(2, ANA));
  desk.drafts.set(2, 'A medias', 'note');
  await desk.move(2, Promise.resolve(null));
  expect([open.phase, open.model, desk.drafts.keptOf(2).note, ids('attending')]).toEqual(['left', null, 'A medias', []]);
});

test('closed, what was for the customer is kept as not sent, and the note stays where it can still be added', async () => {
  desk.drafts.set(2, 'Hasta luego');
  desk.drafts.set(2, 'Era un revendedor', 'note');
  await desk.move(2, Promise.resolve(attended(2, ANA, { status: 'closed', version: 3 })));
  expect([desk.drafts.get(2), desk.drafts.get(2, 'note')]).toEqual(['', 'Era un revendedor']);
  expect(desk.drafts.orphans.map(({ body }) => body)).toEqual(['Hasta luego']);
});

test('one whose only draft is a note opens for notes', async () => {
  desk.drafts.set(1, 'A medias', 'note');
  expect((await show(row(1))).mode).toBe('note');
});

test('who looks in is known from the thread, and is gone with the line that says so', () => {
  const line = (seq: number, kind: 'looked_in' | 'looked_away') =>
    entry(seq, { kind: 'activity', activity: { ...LINE, kind, operator: BRUNO } });
  let model = opened(conversation(attended(1, ANA), [entry(1)]));
  model = apply(model, posted(attended(1, ANA, { version: 3 }), line(2, 'looked_in'))).model;
  expect(model.circle).toEqual({ lookers: [BRUNO], mentionable: [BRUNO] });
  model = apply(model, posted(attended(1, ANA, { version: 4 }), line(3, 'looked_away'))).model;
  expect(model.circle).toEqual({ lookers: [], mentionable: [] });
});

test('a note that did not go along joins the one being written there, and the composer turns to it', async () => {
  const open = await show(attended(2, ANA));
  desk.drafts.set(2, 'A medias', 'note');
  desk.keepNote(2, 'Ya tiene el descuento');
  expect([desk.drafts.get(2, 'note'), open.mode]).toEqual(['A medias\n\nYa tiene el descuento', 'note']);
  expect(desk.drafts.orphans).toEqual([]);
});

test.each([
  ['a colleague has it now', () => void desk.move(2, Promise.reject(new ApiProblem(409, 'taken', [], { operator: { id: BRUNO } }))), false],
  ['it is not found', () => undefined, true],
])('where %s, such a note is shown as not sent and kept for the list', async (_, happens, lost) => {
  await show(attended(2, ANA));
  happens();
  await new Promise((done) => setTimeout(done));
  desk.keepNote(2, 'Ya tiene el descuento', lost);
  expect([desk.drafts.get(2, 'note'), desk.drafts.keptOf(2).note]).toEqual(['', 'Ya tiene el descuento']);
  expect(desk.drafts.orphans.map(({ mode, body }) => [mode, body])).toEqual([['note', 'Ya tiene el descuento']]);
});

test('a note that went along after all, as its entry says, is not kept', async () => {
  const open = await show(attended(2, ANA));
  const closed = attended(2, ANA, { status: 'closed', version: 3 });
  desk.keepNote(2, 'Ya tiene el descuento', false, 'sent-2');
  expect(desk.drafts.get(2, 'note')).toBe('Ya tiene el descuento');
  desk.drafts.clear(2, 'note');
  open.apply({ type: 'conversation.closed', conversation: closed, entries: [mine(2, { kind: 'note', client_id: 'sent-2' })] });
  desk.keepNote(2, 'Ya tiene el descuento', false, 'sent-2');
  expect([desk.drafts.get(2, 'note'), desk.drafts.orphans]).toEqual(['', []]);
});

test('a note for one that is on no screen and in no list any more is kept for the list', () => {
  desk.keepNote(9, 'Ya tiene el descuento');
  desk.keepNote(1, 'Es de la zona norte');
  expect([desk.drafts.orphans.length, desk.drafts.get(9, 'note'), desk.drafts.get(1, 'note')]).toEqual([1, '', 'Es de la zona norte']);
});

test.each([
  ['a pause', (on: Desk) => pause(on, 2, null)],
  ['a close by key', (on: Desk) => close(on, 2)],
  ['a close from the dialog', (on: Desk) => closeWith(on, 2, null, { note: null, client_id: 'c' }).catch(() => false)],
])('%s says how much of the customer the page shows, and a refusal leaves it where it is', async (_, act) => {
  await show(attended(2, ANA, { inbound_count: 3 }));
  const asked: unknown[] = [];
  vi.stubGlobal('fetch', (_url: string, { body }: RequestInit) => {
    asked.push(JSON.parse(String(body)));
    return Promise.resolve(new Response(JSON.stringify({ code: 'unread' }), { status: 409 }));
  });
  expect(await act(desk)).toBe(false);
  expect(asked).toEqual([expect.objectContaining({ inbound_count: 3 })]);
  expect(ids('attending')).toEqual([2]);
});

test('where a colleague was quicker and the conversation is not on the screen, a notice says so', async () => {
  const answer = { code: 'taken', status: 409, operator: { id: BRUNO, name: 'Bruno' } };
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(answer), { status: 409 })));
  expect(await claim(desk, 1)).toBe(false);
  expect(notices.shown.at(-1)).toMatchObject({ kind: 'failure', text: t('problem.taken') });
});
