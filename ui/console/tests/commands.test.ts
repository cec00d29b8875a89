/** The table of commands is the only source of keys: none is given twice, and each says what it does. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import english from '../src/locales/en.json';
import { keyboard } from '../src/features/commands/keyboard.ts';
import { over, scene } from '../src/features/commands/scene.svelte.ts';
import { isTold, TABLE } from '../src/features/commands/table.ts';
import type { Desk } from '../src/state/desk.svelte.ts';

let leave: () => void;
const press = (...keys: string[]) => keys.forEach((key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })));

beforeEach(() => {
  leave = keyboard();
});
afterEach(() => {
  leave();
  over.help = false;
});

/** Told of on `?` alone: where one writes, the field has the key; on a row, the link. */
const TOLD = ['open', 'message-step', 'send', 'line', 'emoji', 'reply', 'mention'];

test('each has a name of its own, and words', () => {
  expect(new Set(TABLE.map((command) => command.id)).size).toBe(TABLE.length);
  expect(TABLE.filter((command) => !(command.label in english))).toEqual([]);
});

test('no key calls two', () => {
  const keys = TABLE.filter((command) => command.run).flatMap((command) => command.keys ?? []);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});

test('no key is the beginning of another, which would never be reached', () => {
  const keys = TABLE.filter((command) => command.run).flatMap((command) => command.keys ?? []);
  expect(keys.filter((key) => keys.some((other) => other.startsWith(`${key} `)))).toEqual([]);
});

test('what cannot be run is only told of', () => {
  expect(TABLE.filter((command) => !command.run).map((command) => command.id)).toEqual(TOLD);
  expect(TABLE.filter((command) => !command.run && !command.keys)).toEqual([]);
});

test('the archive’s key is told of where there is one', () => {
  const desk = (hasArchive: boolean) => ({ desk: { hasArchive } as Desk, screen: null });
  const archive = TABLE.find(({ id }) => id === 'archive')!;
  const paused = TABLE.find(({ id }) => id === 'paused')!;
  expect([desk(true), desk(false)].map((scene) => [isTold(archive, scene), isTold(paused, scene)])).toEqual([
    [true, true],
    [false, true],
  ]);
});

test('the second of two keys is not meant by itself, also where the two are no command', () => {
  press('g', '?');
  expect(over.help).toBe(false);
  press('?');
  expect(over.help).toBe(true);
});

test('a key after another that begins nothing is a key', () => {
  press('q', '?');
  expect(over.help).toBe(true);
});

test('on a page that has just opened, arrows and End lead into the list; where something has the focus they are its own', () => {
  const done: unknown[] = [];
  const rows = { hasFocus: false, move: (by: number) => done.push(by), edge: (which: string) => done.push(which) };
  Object.assign(scene, { desk: { open: null, talks: { open: null }, connection: { state: 'live' } }, screen: { rows } });
  press('ArrowDown', 'End', 'Home');
  expect(done).toEqual([1, 'last', 'first']);
  const box = document.body.appendChild(document.createElement('button'));
  box.focus();
  press('ArrowDown', 'End');
  expect(done).toHaveLength(3);
  box.remove();
  Object.assign(scene, { desk: null, screen: null });
});
