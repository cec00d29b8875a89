/** Naming an emoji while one writes, and whose those used last are. */
import { rowsFor } from '@recado/shared/emoji/make.ts';
import { tick } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Emoting } from '../src/features/desk/emoting.svelte.ts';
import { forgetOthers } from '../src/state/draft-shelf.ts';
import { emojiAskedAt, forgetRecent, recent } from '../src/state/emoji.svelte.ts';
import { speak } from '../src/state/language.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { ANA, BRUNO, desk } from './world.ts';

let box: HTMLTextAreaElement;
let emoting: Emoting;

beforeEach(async () => {
  session.me = desk([]).me;
  await speak('es');
  vi.stubGlobal('fetch', async (path: URL) => Response.json(rowsFor(/emoji-(..)/.exec(String(path))![1] as 'es')));
  box = document.createElement('textarea');
  emoting = new Emoting((text) => (box.value = text));
});
afterEach(() => {
  session.leave();
  vi.unstubAllGlobals();
  localStorage.clear();
});

async function writes(text: string, after = ''): Promise<void> {
  box.value = text + after;
  box.setSelectionRange(text.length, text.length);
  emoting.look(box);
  if (emojiAskedAt(text, text.length)) await vi.waitFor(() => expect(emoting.options.length).toBeGreaterThan(0));
}

async function presses(key: string): Promise<boolean> {
  let taken = false;
  box.onkeydown = (event) => (taken = emoting.down(event as Parameters<Emoting['down']>[0]));
  box.dispatchEvent(new KeyboardEvent('keydown', { key }));
  await tick();
  return taken;
}

test.each([
  [':co', 'co'],
  ['Hola :corazón', 'corazón'],
  ['Hola\n:cara_feliz', 'cara_feliz'],
  ['(:ok', 'ok'],
  ['🎉:ti', 'ti'],
  ['👍🏽:ti', 'ti'],
  [':+1', '+1'],
  [':', null],
  [':c', null],
  ['Hola :)', null],
  [':D', null],
  ['A las 10:30', null],
  ['a las :30', null],
  ['https://recado.example', null],
  ['Nota:importante', null],
  ['Dos puntos: así', null],
  [':corazón ', null],
  [':corazón:', null],
  ['::así', null],
])('after "%s" the emoji asked for are %s', (text, query) => {
  expect(emojiAskedAt(text, text.length)?.query ?? null).toBe(query);
});

test.each(['Enter', 'Tab'])('%s takes the marked one, in the middle of a text too, and it is the first the next time', async (key) => {
  await writes('Hola :corazon', ' mundo');
  expect(emoting.options[0]!.name).toBe('corazón rojo');
  expect(emoting.options.length).toBe(8);
  await presses('ArrowDown');
  const chosen = emoting.options[1]!;
  expect([await presses(key), box.value, emoting.open]).toEqual([true, `Hola ${chosen.unicode} mundo`, false]);
  expect(recent().all[0]).toBe(chosen.unicode);
  await writes(':corazon');
  expect(emoting.options[0]).toBe(chosen);
});

test('Esc leaves the word as text, and Enter is then the message’s', async () => {
  await writes('Vale :cora');
  expect([await presses('Escape'), emoting.open, box.value]).toEqual([true, false, 'Vale :cora']);
  box.value += 'z';
  box.setSelectionRange(box.value.length, box.value.length);
  emoting.look(box);
  expect([emoting.open, await presses('Enter')]).toEqual([false, false]);
});

test('a word that names none takes no key', async () => {
  await writes(':cora');
  box.value = ':xqz';
  emoting.look(box);
  expect([emoting.open, await presses('Enter'), await presses('Tab')]).toEqual([false, false, false]);
});

test('they are called as in the language of whoever writes', async () => {
  await speak('pt');
  await writes(':festa');
  expect(emoting.options[0]!.unicode).toBe('🎉');
  await speak('en');
  await writes(':party');
  await vi.waitFor(() => expect(emoting.options.map(({ name }) => name)).toContain('party popper'));
});

test('the tone that was chosen in the picker is the one that is written', async () => {
  recent().tone = 4;
  await writes(':pulgar');
  await presses('Enter');
  expect(box.value).toBe('👍🏾 ');
});

test('what one has used is forgotten when one leaves, and when somebody else comes', () => {
  recent().use('🌊');
  session.me = { ...session.me!, id: BRUNO };
  expect(recent().all).not.toContain('🌊');
  recent().use('🚲');
  forgetRecent(BRUNO);
  expect(recent().all).not.toContain('🚲');
  recent().use('🚲');
  forgetOthers(ANA);
  expect(recent().all).not.toContain('🚲');
  session.me = { ...session.me, id: ANA };
  expect(recent().all[0]).toBe('🌊');
});
