/// <reference path="../public/widget.d.ts" />
/** What a page can ask of the chat. The declarations that pages get are held to it here: this file compiles by them. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ToFrame } from '../src/protocol.ts';

const DESK = 'https://desk.example';
const LOOK = { colour: '#0b6b4f', ink: '#fff', corner: 'right', scheme: 'light dark', locale_hint: 'es' };
const inside = { postMessage: vi.fn(), addEventListener: window.addEventListener, fetch: vi.fn() };
const STUB = (): Recado => Object.assign((...call: unknown[]) => void recado.q?.push(call), { q: [] }) as unknown as Recado;

let root: ShadowRoot;
let warned: string[];
let removeListeners: (() => void)[];
let port: MessagePort | undefined;
let said: ToFrame[];

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
  Reflect.deleteProperty(window, 'recado');
  [warned, removeListeners, port, said] = [[], [], undefined, []];
  inside.addEventListener = (type: string, heard: EventListenerOrEventListenerObject) => {
    window.addEventListener(type, heard);
    removeListeners.push(() => window.removeEventListener(type, heard));
  };
  vi.spyOn(HTMLIFrameElement.prototype, 'contentWindow', 'get').mockReturnValue(inside as unknown as Window);
  vi.stubGlobal('CSSStyleSheet', class { replaceSync = () => undefined; });
  const attach = Element.prototype.attachShadow;
  vi.spyOn(Element.prototype, 'attachShadow').mockImplementation(function (this: Element, options) {
    return (root = attach.call(this, options));
  });
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void warned.push(text));
});
afterEach(() => {
  for (const remove of removeListeners) remove();
  port?.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

async function load(more = ''): Promise<void> {
  document.documentElement.innerHTML = `<head><script src="${DESK}/widget.js" data-inbox="abc" ${more}></script></head><body></body>`;
  inside.fetch = vi.fn(() => Promise.resolve(Response.json(LOOK)));
  await import('../src/loader/main.ts');
  await vi.waitFor(() => expect(launcher().style.background).not.toBe(''));
}

const launcher = (): HTMLButtonElement => root.querySelector<HTMLButtonElement>('button')!;
const isOpen = (): boolean => launcher().getAttribute('aria-expanded') === 'true';
const passed = (): Promise<void> => new Promise((done) => setTimeout(done, 20));

async function greet(): Promise<ToFrame & { type: 'start' }> {
  const event = new MessageEvent('message', { data: { recado: 1, type: 'ready' }, origin: DESK });
  Object.defineProperty(event, 'source', { value: inside });
  dispatchEvent(event);
  const [start, , ports] = inside.postMessage.mock.lastCall as [ToFrame & { type: 'start' }, string, MessagePort[]];
  port = ports[0];
  port!.onmessage = ({ data }: MessageEvent<ToFrame>) => said.push(data);
  await passed();
  return start;
}

test('the chat opens, closes and turns over', async () => {
  await load();
  recado('open');
  expect(isOpen()).toBe(true);
  recado('open');
  expect(isOpen()).toBe(true);
  recado('close');
  expect(isOpen()).toBe(false);
  recado('toggle');
  expect(isOpen()).toBe(true);
});

test('calls that were made before the script came are done when it is there, in order', async () => {
  window.recado = STUB();
  const opened = vi.fn();
  recado('on', 'open', opened);
  recado('identify', { token: 'signed' });
  recado('open', { text: 'About order 17' });
  await load();
  expect(isOpen()).toBe(true);
  expect((await greet()).identity).toBe('signed');
  expect(opened).toHaveBeenCalledTimes(1);
  expect(said).toContainEqual({ type: 'text', value: 'About order 17' });
});

test('calls between the script and the server’s answer wait too', async () => {
  document.documentElement.innerHTML = `<head><script src="${DESK}/widget.js" data-inbox="abc"></script></head><body></body>`;
  let answer = (_: Response): void => undefined;
  inside.fetch = vi.fn(() => new Promise<Response>((resolve) => (answer = resolve)));
  await import('../src/loader/main.ts');
  recado('open');
  answer(Response.json(LOOK));
  await vi.waitFor(() => expect(isOpen()).toBe(true));
});

test('the launcher can be hidden, and the chat opened all the same', async () => {
  await load();
  recado('hide');
  expect(launcher().hidden).toBe(true);
  recado('open');
  expect(isOpen()).toBe(true);
  recado('show');
  expect(launcher().hidden).toBe(false);
});

test('the page hears numbers and who wrote, and never what', async () => {
  await load();
  const heard: unknown[] = [];
  recado('on', 'unread', (count) => heard.push(count));
  recado('on', 'message', (message) => heard.push(message));
  recado('on', 'expired', (nothing) => heard.push(nothing));
  await greet();
  port!.postMessage({ type: 'unread', count: 2 });
  port!.postMessage({ type: 'message', by: 'operator', body: 'secret', name: 'Ana' });
  port!.postMessage({ type: 'expired', user: 'ana' });
  await passed();
  expect(heard).toEqual([2, { by: 'operator' }, undefined]);
});

test('who no longer wants to hear is not told', async () => {
  await load();
  const hear = vi.fn();
  recado('on', 'open', hear);
  recado('off', 'open', hear);
  recado('open');
  await passed();
  expect(hear).not.toHaveBeenCalled();
});

test.each([
  ['dance'],
  ['constructor'],
  ['__proto__'],
  [undefined],
  [null],
  ['on', 'nothing', () => undefined],
  ['on', 'constructor', () => undefined],
  ['on', 'open', 'alert(1)'],
  ['on', 'open'],
  ['identify'],
])('what is not understood is a line in the console: %s', async (...call) => {
  await load();
  const before = isOpen();
  expect(() => (recado as unknown as (...call: unknown[]) => void)(...call)).not.toThrow();
  expect(warned).toEqual([expect.stringContaining('not understood')]);
  await passed();
  expect(isOpen()).toBe(before);
});

test('forgetting leaves nothing in the page, closes the chat, and tells the frame', async () => {
  localStorage.setItem('recado:abc', 'k1');
  localStorage.setItem('recado:abc::recado:draft', 'half a word');
  localStorage.setItem('recado:abcd', 'another inbox');
  localStorage.setItem('cart', 'lamps');
  await load();
  recado('identify', { token: 'signed' });
  recado('data', { plan: 'pro' });
  recado('open');
  recado('logout');
  expect(Object.keys(localStorage).sort()).toEqual(['cart', 'recado:abcd']);
  expect(isOpen()).toBe(false);
  const start = await greet();
  expect([start.identity, start.data, start.kept]).toEqual([undefined, undefined, {}]);
  expect(said).toContainEqual({ type: 'forget' });
});

test('a verified visitor’s page is looked after at once where they have written before', async () => {
  localStorage.setItem('recado:abc:known', '1');
  await load();
  await passed();
  expect(root.querySelector('iframe')!.src).toBe('');
  recado('identify', { token: 'signed' });
  await vi.waitFor(() => expect(root.querySelector('iframe')!.src).toBe(`${DESK}/widget/abc`));
});

test('a name that the page uses itself is left alone, and another may be given', async () => {
  const own = { mine: true } as unknown as Recado;
  window.recado = own;
  await load();
  expect(window.recado).toBe(own);
  expect(warned).toEqual([expect.stringContaining('data-name')]);
});

test('the name can be another', async () => {
  await load('data-name="chat"');
  expect(window.recado).toBeUndefined();
  (window as unknown as { chat: Recado }).chat('open');
  expect(isOpen()).toBe(true);
  Reflect.deleteProperty(window, 'chat');
});
