/** The list over an answer: Enter and a click send at once, Tab puts the words into the box, Esc leaves the slash as text. */
import { tick } from 'svelte';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { speak } from '../src/state/language.svelte.ts';
import { Replying } from '../src/features/desk/replying.svelte.ts';
import { desk, row } from './world.ts';

const nobody = { id: null, name: null, email: null, verified: false, visitor: 7 };
const TEXTS = [
  { name: 'hola', text: 'Hola, soy {{operator.first_name}}.' },
  { name: 'correo', text: 'Le escribo a {{customer.email}}.' },
];
let box: HTMLTextAreaElement;
let sent: [string, number][];
let free: boolean;
let replying: Replying;

beforeAll(() => speak('es'));
beforeEach(() => {
  box = document.createElement('textarea');
  [sent, free] = [[], true];
  replying = new Replying({
    row: () => row(1, { customer: nobody }),
    me: () => desk([]).me,
    replies: () =>
      TEXTS.map((one, at) => ({ ...one, id: at + 1, title: null, scope: 'all', department: null, uses: 0, changeable: false, version: 1, files: [] })),
    write: (text) => (box.value = text),
    written: () => ({ read: () => box.value, write: (text) => (box.value = text) }),
    send: (text, reply) => (free && sent.push([text, reply.id]), free),
    take: () => undefined,
  });
});

function writes(text: string): void {
  box.value = text;
  replying.look(box);
}

async function presses(key: string): Promise<boolean> {
  let taken = false;
  box.onkeydown = (event) => (taken = replying.down(event as Parameters<Replying['down']>[0]));
  box.dispatchEvent(new KeyboardEvent('keydown', { key }));
  await tick();
  return taken;
}

test('Enter sends the marked one at once, and what else stands in the box stays', async () => {
  writes('Un momento /ho');
  expect(replying.options.map(({ name }) => name)).toEqual(['hola']);
  await presses('Enter');
  expect([sent, box.value, replying.open]).toEqual([[['Hola, soy Ana.', 1]], 'Un momento ', false]);
  expect(await presses('Enter')).toBe(false);
});

test('Tab puts it into the box to go on with, and it is counted with what is sent', async () => {
  writes('/hola');
  await presses('Tab');
  expect([sent, box.value, replying.takeBegun(), replying.takeBegun()]).toEqual([[], 'Hola, soy Ana.', 1, null]);
});

test('what is written into an emptied box was not begun with it', async () => {
  writes('/hola');
  await presses('Tab');
  writes('Hola');
  writes('');
  writes('Otra cosa');
  expect(replying.takeBegun()).toBe(null);
});

test('the arrows go through all of them, and each is shown as it would be sent', async () => {
  writes('/');
  expect(replying.preview).toEqual([{ text: 'Hola, soy ' }, { place: 'operator.first_name', value: 'Ana' }, { text: '.' }]);
  await presses('ArrowDown');
  expect(replying.preview[1]).toEqual({ place: 'customer.email', value: null });
  await presses('ArrowDown');
  expect(replying.at).toBe(0);
});

test('what has a place without a value is not sent, by Enter or by a click, and the list stays', async () => {
  writes('/correo');
  await presses('Enter');
  replying.choose(replying.options[0]!, box, null);
  expect([sent, box.value, replying.open]).toEqual([[], '/correo', true]);
});

test('where nothing can be sent now, nothing goes and nothing is lost', async () => {
  free = false;
  writes('/hola');
  await presses('Enter');
  expect([sent, box.value, replying.open]).toEqual([[], '/hola', true]);
});

test('Esc leaves the slash as text, until another one is typed', async () => {
  writes('/ho');
  await presses('Escape');
  expect([replying.open, await presses('Enter')]).toEqual([false, false]);
  writes('/hol');
  expect(replying.open).toBe(false);
  writes('/hol y /ho');
  expect(replying.open).toBe(true);
});

test('where nothing is chosen after the button the text is left as it was, with the caret where it stood', async () => {
  const back = (): void => (box.setSelectionRange(2, 2), replying.look(box));
  for (const [leave, caret] of [[() => presses('Escape'), 4], [replying.close, 4], [back, 2]] as const) {
    writes('Bien, adiós');
    box.setSelectionRange(4, 4);
    await replying.begin(box);
    box.setRangeText('ho', 6, 6, 'end');
    replying.look(box);
    expect([box.value, replying.open]).toEqual(['Bien /ho, adiós', true]);
    await leave();
    expect([box.value, replying.open]).toEqual(['Bien, adiós', false]);
    if (leave !== replying.close) await vi.waitFor(() => expect(box.selectionStart).toBe(caret));
  }
});

test('what was chosen after the button, or written on, is no longer taken back', async () => {
  writes('Bien');
  await replying.begin(box);
  await presses('Enter');
  expect([sent, box.value]).toEqual([[['Hola, soy Ana.', 1]], 'Bien']);
  await replying.begin(box);
  await presses('Tab');
  expect(box.value).toBe('Bien Hola, soy Ana.');
  await replying.begin(box);
  writes(`${box.value} 2`);
  replying.close();
  expect(box.value).toBe('Bien Hola, soy Ana. / 2');
  await replying.begin(box);
  box.value = '';
  replying.close();
  expect(box.value).toBe('');
});

test('the button does what a slash does, with a space before it where a word stands', async () => {
  await replying.begin(box);
  expect([box.value, replying.open]).toEqual(['/', true]);
  box.value = 'Bien';
  box.setSelectionRange(4, 4);
  await replying.begin(box);
  expect([box.value, replying.open]).toEqual(['Bien /', true]);
});
