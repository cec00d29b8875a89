/** What the list over a note offers, and what it says where it has nobody to offer. */
import { expect, test } from 'vitest';
import type { Named } from '@recado/shared/wire.ts';
import { Mentioning } from '../src/features/desk/mentioning.svelte.ts';

const BRUNO = { id: 2, name: 'Bruno Reyes' };

/** A list over a box in which this has just been written. */
function over(people: readonly Named[], text: string): { mentioning: Mentioning; box: HTMLTextAreaElement } {
  const box = document.createElement('textarea');
  const mentioning = new Mentioning(() => people, (body) => (box.value = body));
  box.value = text;
  mentioning.look(box);
  return { mentioning, box };
}

/** Whether the list takes a key that is pressed in the box. */
function takes(mentioning: Mentioning, box: HTMLTextAreaElement, key: string): boolean {
  let taken = false;
  box.onkeydown = (event) => (taken = mentioning.down(event as Parameters<Mentioning['down']>[0]));
  box.dispatchEvent(new KeyboardEvent('keydown', { key }));
  return taken;
}

test.each([
  ['Avisa a @', [], 'mention.nobody'],
  ['Avisa a @br', [], 'mention.nobody'],
  ['Avisa a @cl', [BRUNO], 'mention.noMatch'],
  ['Avisa a @br', [BRUNO], null],
  ['Avisa a ana@', [], null],
] as const)('at "%s" the list says why nobody can be named', (text, people, why) => {
  const { mentioning } = over(people, text);
  expect([mentioning.empty, mentioning.open]).toEqual([why, why === null && text.endsWith('@br')]);
});

test('what it says takes no key but the one that sends it away', () => {
  const { mentioning, box } = over([], 'Avisa a @');
  for (const key of ['Enter', 'Tab', 'ArrowDown']) expect([key, takes(mentioning, box, key)]).toEqual([key, false]);
  expect([takes(mentioning, box, 'Escape'), mentioning.empty]).toEqual([true, null]);
  mentioning.look(box);
  expect(mentioning.empty).toBe(null);
});
