import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Draft } from '@recado/shared/wire.ts';
import { forgetOthers } from '../src/state/draft-shelf.ts';
import { Drafts } from '../src/state/drafts.svelte.ts';
import { ANA } from './world.ts';

const sent: [string, string, unknown][] = [];
let reachable = true;

const draft = (id: number, conversation: number | null, body: string): Draft => ({
  ...{ id, conversation, body },
  mode: 'answer',
  updated_at: 1,
  written_in: conversation ?? 13,
  ...{ caption: '', files: [] },
});
const settled = () => vi.advanceTimersByTimeAsync(1_000);

/** The server answers each save when the test says so. */
function slowly(): (() => void)[] {
  const arrived: (() => void)[] = [];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    sent.push([init.method!, path, JSON.parse(String(init.body))]);
    return new Promise((done) => arrived.push(() => done(new Response(null, { status: 204 }))));
  });
  return arrived;
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  sent.length = 0;
  reachable = true;
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    sent.push([init.method!, path, JSON.parse(String(init.body ?? 'null'))]);
    return reachable ? Promise.resolve(new Response(null, { status: 204 })) : Promise.reject(new TypeError());
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('what is written goes to the server once the writing pauses', async () => {
  const drafts = new Drafts(ANA);
  for (const text of ['H', 'Ho', 'Hola']) drafts.set(1, text);
  expect(sent).toEqual([]);
  await settled();
  expect(sent).toEqual([['PUT', '/api/v1/console/conversations/1/draft', { mode: 'answer', body: 'Hola' }]]);
});

test('a closed page loses nothing, also where the server was away', async () => {
  reachable = false;
  new Drafts(ANA).set(1, 'Hola');
  await settled();
  const again = new Drafts(ANA);
  expect(again.get(1)).toBe('Hola');
  again.takeOver([draft(5, 1, 'older')], again.moment);
  expect(again.get(1)).toBe('Hola');
});

test("the server's draft stands where this browser has nothing newer", async () => {
  const drafts = new Drafts(ANA);
  drafts.set(1, 'here');
  await settled();
  drafts.takeOver([draft(5, 1, 'from another device'), draft(6, 2, 'two')], drafts.moment);
  expect([drafts.get(1), drafts.get(2)]).toEqual(['from another device', 'two']);
});

test('a sent text does not come back with a fetch that began before', async () => {
  const drafts = new Drafts(ANA);
  drafts.set(1, 'Hola');
  await settled();
  const began = drafts.moment;
  drafts.clear(1);
  await settled();
  drafts.takeOver([draft(5, 1, 'Hola')], began);
  expect(drafts.get(1)).toBe('');
  drafts.takeOver([draft(5, 1, 'from another device')], drafts.moment);
  expect(drafts.get(1)).toBe('from another device');
});

test('an answer that was sent from another device is gone from the box here', async () => {
  const drafts = new Drafts(ANA);
  drafts.set(1, 'Hola');
  drafts.set(2, 'two');
  await settled();
  const again = new Drafts(ANA);
  expect([again.get(1), again.get(2)]).toEqual(['Hola', 'two']);
  again.takeOver([draft(6, 2, 'two')], again.moment);
  expect([again.get(1), again.get(2), new Drafts(ANA).get(1)]).toEqual(['', 'two', '']);
  again.adopt(2, [], again.moment);
  expect(again.get(2)).toBe('');
});

test('what the server got while it was asked for all drafts stays, though its answer lacks it', async () => {
  const drafts = new Drafts(ANA);
  drafts.set(1, 'Hola');
  const began = drafts.moment;
  await settled();
  drafts.takeOver([], began);
  expect(drafts.get(1)).toBe('Hola');
});

test('what the browser cannot store and the server lacks stays in the box', async () => {
  reachable = false;
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  const drafts = new Drafts(ANA);
  drafts.set(1, 'Hola');
  await settled();
  full.mockRestore();
  drafts.takeOver([], drafts.moment);
  expect(drafts.get(1)).toBe('Hola');
});

test('one page does not empty what another page of mine has yet to save', async () => {
  reachable = false;
  const here = new Drafts(ANA);
  new Drafts(ANA).set(1, 'Hola');
  await settled();
  [sent.length, reachable] = [0, true];
  here.takeOver([], here.moment);
  await settled();
  expect([sent, new Drafts(ANA).get(1)]).toEqual([[], 'Hola']);
});

test('a sent text is forgotten by the server without delay', async () => {
  const drafts = new Drafts(ANA);
  drafts.set(1, 'Hola');
  drafts.clear(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent.at(-1)?.[2]).toEqual({ mode: 'answer', body: '', over: 'Hola' });
  expect(new Drafts(ANA).get(1)).toBe('');
});

test('a save that is still on its way when the text is sent does not come after, and the server keeps nothing', async () => {
  const arrived = slowly();
  const drafts = new Drafts(ANA);
  drafts.set(1, 'Hola');
  await settled();
  drafts.clear(1);
  await settled();
  expect(sent.length).toBe(1);
  arrived[0]!();
  await settled();
  expect(sent.map(([, , body]) => body)).toEqual([{ mode: 'answer', body: 'Hola' }, { mode: 'answer', body: '', over: 'Hola' }]);
  arrived[1]!();
  await settled();
  expect([sent.length, localStorage.length]).toEqual([2, 0]);
});

/** What a page does, and what the browser then tells another page of mine. */
function meanwhile(other: Drafts, act: () => void): void {
  const lying = () => new Map(Object.keys(localStorage).map((key) => [key, localStorage.getItem(key)]));
  const before = lying();
  act();
  const after = lying();
  for (const key of new Set([...before.keys(), ...after.keys()]))
    if (before.get(key) !== after.get(key))
      other.heard(new StorageEvent('storage', { key, newValue: after.get(key) ?? null }));
}

test('what is typed on one page stays, and stays saved, when another page of mine sends what it had begun before', async () => {
  const [first, second] = [new Drafts(ANA), new Drafts(ANA)];
  meanwhile(second, () => first.set(1, 'Sale a las doce'));
  await settled();
  meanwhile(first, () => second.set(1, 'Y llega mañana'));
  await settled();
  const key = `recado:draft:${ANA}:1`;
  first.heard(new StorageEvent('storage', { key, newValue: localStorage.getItem(key) }));
  meanwhile(second, () => first.clear(1));
  await settled();
  expect(sent.at(-1)?.[2]).toEqual({ mode: 'answer', body: '', over: 'Sale a las doce' });
  expect([first.get(1), second.get(1), new Drafts(ANA).get(1)]).toEqual(['', 'Y llega mañana', 'Y llega mañana']);
});

test('also where the other page wrote last before it sent', async () => {
  const [first, second] = [new Drafts(ANA), new Drafts(ANA)];
  meanwhile(second, () => first.set(1, 'Sale'));
  meanwhile(first, () => second.set(1, 'Y llega mañana'));
  await settled();
  meanwhile(second, () => first.set(1, 'Sale a las doce'));
  await settled();
  second.takeOver([draft(5, 1, 'Sale a las doce')], second.moment);
  expect(second.get(1)).toBe('Y llega mañana');
  meanwhile(second, () => first.clear(1));
  await settled();
  expect(sent.at(-1)?.[2]).toEqual({ mode: 'answer', body: 'Y llega mañana' });
  expect([second.get(1), new Drafts(ANA).get(1)]).toEqual(['Y llega mañana', 'Y llega mañana']);
});

test('what was carried on and sent on another page of mine is gone from the box here', async () => {
  const first = new Drafts(ANA);
  first.set(1, 'Sale');
  await settled();
  const second = new Drafts(ANA);
  second.takeOver([draft(5, 1, 'Sale')], second.moment);
  meanwhile(first, () => second.set(1, 'Sale a las doce'));
  await settled();
  meanwhile(first, () => second.clear(1));
  await settled();
  first.takeOver([], first.moment);
  expect([first.get(1), second.get(1), new Drafts(ANA).get(1)]).toEqual(['', '', '']);
});

test('what was sent as it stood here is gone from the box at once', async () => {
  const first = new Drafts(ANA);
  first.set(1, 'Sale a las doce');
  await settled();
  const second = new Drafts(ANA);
  meanwhile(first, () => second.clear(1));
  expect(first.get(1)).toBe('');
});

test('what one page of mine writes is shown by another, and is gone from its box once it was sent', async () => {
  const first = new Drafts(ANA);
  first.set(1, 'Sale');
  const second = new Drafts(ANA);
  const began = second.moment;
  meanwhile(second, () => first.set(1, 'Sale a las doce'));
  await settled();
  expect(second.get(1)).toBe('Sale a las doce');
  meanwhile(second, () => first.clear(1));
  expect(second.get(1)).toBe('');
  second.takeOver([draft(5, 1, 'Sale a las doce')], began);
  await settled();
  expect([second.get(1), new Drafts(ANA).get(1)]).toEqual(['', '']);
});

test('an empty box stays free for something else while another page of mine writes', async () => {
  const [first, second] = [new Drafts(ANA), new Drafts(ANA)];
  meanwhile(second, () => first.set(1, 'Sale a las doce'));
  await settled();
  expect(second.get(1)).toBe('');
});

test('a save of a page that still shows what another has sent leaves nothing with the server', async () => {
  const first = new Drafts(ANA);
  first.set(1, 'Sale a las doce');
  const second = new Drafts(ANA);
  second.takeOver([], second.moment);
  const arrived = slowly();
  await settled();
  meanwhile(second, () => first.clear(1));
  for (const answer of arrived) answer();
  await settled();
  for (const answer of arrived) answer();
  await settled();
  expect(sent.slice(-2).map(([, , body]) => body)).toEqual([
    { mode: 'answer', body: '', over: 'Sale a las doce' },
    { mode: 'answer', body: '', over: 'Sale a las doce' },
  ]);
  expect([second.get(1), localStorage.length]).toEqual(['', 0]);
});

test('a save under way when the conversation is lost is the last: the server keeps the words of whoever lost it', async () => {
  const arrived = slowly();
  const drafts = new Drafts(ANA);
  drafts.set(1, 'long words');
  await settled();
  expect(drafts.forget(1).answer).toBe('long words');
  arrived[0]!();
  await settled();
  expect(sent.map(([, , body]) => body)).toEqual([{ mode: 'answer', body: 'long words' }]);
  expect(localStorage.length).toBe(0);
});

test('what is written anew where a text was forgotten is saved after the save under way', async () => {
  const arrived = slowly();
  const drafts = new Drafts(ANA);
  drafts.set(1, 'long words');
  await settled();
  drafts.forget(1);
  drafts.set(1, 'other words');
  await settled();
  expect(sent.length).toBe(1);
  arrived[0]!();
  await settled();
  expect(sent.at(-1)![2]).toEqual({ mode: 'answer', body: 'other words' });
});

test("one operator's drafts are no other's", () => {
  new Drafts(ANA).set(1, 'Hola');
  expect(new Drafts(ANA + 1).get(1)).toBe('');
});

test('words that were not sent are kept once, until they are thrown away', async () => {
  const drafts = new Drafts(ANA);
  drafts.keep('Voy yo');
  drafts.keep('Voy yo');
  drafts.takeOver([draft(9, null, 'Voy yo')], drafts.moment);
  expect(new Drafts(ANA).orphans.map((one) => one.body)).toEqual(['Voy yo']);
  expect(drafts.orphans.map((one) => one.id)).toEqual([9]);
  await drafts.discard(drafts.orphans[0]!);
  expect([drafts.orphans, sent.at(-1)?.slice(0, 2)]).toEqual([[], ['DELETE', '/api/v1/console/drafts/9']]);
});

test('an answer and a note in one conversation are two texts, here and on the server', async () => {
  const drafts = new Drafts(ANA);
  drafts.set(1, 'Para la clienta');
  drafts.set(1, 'Para Bruno', 'note');
  await settled();
  expect(sent.map(([, , body]) => body)).toEqual([
    { mode: 'answer', body: 'Para la clienta' },
    { mode: 'note', body: 'Para Bruno' },
  ]);
  drafts.clear(1);
  const again = new Drafts(ANA);
  expect([again.get(1), again.get(1, 'note')]).toEqual(['', 'Para Bruno']);
  again.takeOver([{ ...draft(5, 1, 'from elsewhere'), mode: 'note' }], again.moment);
  expect([again.get(1), again.get(1, 'note')]).toEqual(['', 'from elsewhere']);
});

test('what is lost with a conversation is given back by whom it was for', () => {
  const drafts = new Drafts(ANA);
  drafts.set(1, 'Para la clienta');
  drafts.set(1, 'Para Bruno', 'note');
  expect(drafts.forget(1)).toEqual({ answer: 'Para la clienta', note: 'Para Bruno' });
  expect(drafts.forget(1)).toEqual({ answer: '', note: '' });
  drafts.keep('Para la clienta');
  drafts.keep('Para Bruno', 'note');
  expect(drafts.orphans.map(({ mode, body }) => [mode, body])).toEqual([
    ['answer', 'Para la clienta'],
    ['note', 'Para Bruno'],
  ]);
  expect(new Set(drafts.orphans.map(({ id }) => id)).size).toBe(2);
});

test('kept words come back also where others hold them, and once where they stand there already', () => {
  const drafts = new Drafts(ANA);
  drafts.keep('no', 'answer', 7);
  drafts.keep('Buenas noches.', 'answer', 7);
  drafts.set(7, 'Esta noche no puede ser.\n\nBuenas noches.');
  drafts.giveBack(7, 'answer');
  expect(drafts.get(7)).toBe('no\n\nEsta noche no puede ser.\n\nBuenas noches.');
  expect(drafts.orphans).toEqual([]);
});

test('what two pages of mine keep is kept beside one another, and seen by both', () => {
  const [here, there] = [new Drafts(ANA), new Drafts(ANA)];
  there.keep('Ya tiene el descuento', 'note');
  here.keep('Voy yo');
  there.look();
  for (const one of [here, there]) expect(one.orphans.map(({ body }) => body)).toEqual(['Ya tiene el descuento', 'Voy yo']);
});

test('where the browser stores no more, what this page keeps stays on it', () => {
  const drafts = new Drafts(ANA);
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  drafts.keep('Voy yo');
  drafts.keep('Ya tiene el descuento', 'note');
  drafts.look();
  full.mockRestore();
  expect(drafts.orphans.length).toBe(2);
});

test('a kept text that the server has goes here when it is thrown away on another page, and is left to nobody', async () => {
  const drafts = new Drafts(ANA, () => 'Lucía Fernández');
  drafts.set(42, 'Acaba en 1234');
  await settled();
  const orphan = { ...draft(9, 42, 'Acaba en 1234'), conversation: null };
  drafts.takeOver([orphan], drafts.moment);
  drafts.keep('Solo aquí', 'answer', 43);
  expect(drafts.orphans.map(({ body, who }) => [body, who])).toEqual([
    ['Acaba en 1234', 'Lucía Fernández'],
    ['Solo aquí', 'Lucía Fernández'],
  ]);
  const lies = () => Object.entries(localStorage).map(String).join();
  expect(lies()).toContain('Acaba en 1234');
  forgetOthers(ANA);
  expect(lies()).toContain('Acaba en 1234');
  forgetOthers(ANA + 1);
  expect([lies().includes('Acaba en 1234'), lies().includes('Solo aquí')]).toEqual([false, true]);
  const back = new Drafts(ANA);
  back.takeOver([orphan], back.moment);
  expect(back.orphans.map(({ body }) => body).sort()).toEqual(['Acaba en 1234', 'Solo aquí']);
  for (const page of [drafts, back]) {
    page.takeOver([], page.moment);
    expect(page.orphans.map(({ body }) => body)).toEqual(['Solo aquí']);
  }
});

test('a text that was kept here before the server had it goes with the server’s, too', () => {
  const drafts = new Drafts(ANA);
  drafts.keep('Voy yo', 'answer', 7);
  drafts.takeOver([{ ...draft(9, 7, 'Voy yo'), conversation: null }], drafts.moment);
  expect(drafts.orphans.map(({ id }) => id)).toEqual([9]);
  drafts.takeOver([], drafts.moment);
  expect([drafts.orphans, localStorage.length]).toEqual([[], 0]);
});

test('another device, which knows no more than the server says, names the conversation by its number', () => {
  const elsewhere = new Drafts(ANA);
  elsewhere.takeOver([draft(9, null, 'Voy yo')], 0);
  expect(elsewhere.orphans).toMatchObject([{ id: 9, conversation: null, body: 'Voy yo', from: 13 }]);
});
