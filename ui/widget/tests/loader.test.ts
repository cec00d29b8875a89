import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ToFrame } from '../src/protocol.ts';

const DESK = 'https://desk.example';
const LOOK = { colour: '#0b6b4f', ink: '#fff', corner: 'right', scheme: 'light dark', locale_hint: 'es' };

/** What a browser would give the frame: jsdom has no windows inside shadow trees. The page's own is what it takes natives of. */
const inside = { postMessage: vi.fn(), addEventListener: window.addEventListener, fetch: vi.fn() };

let root: ShadowRoot | undefined;
let warned: string[];
let removeListeners: (() => void)[];
/** The frame's end of the channel, and what came by it. */
let port: MessagePort | undefined;
let said: ToFrame[];
const page = window as unknown as Record<string, any>;

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
  delete page.recado;
  delete page.chat;
  [root, warned, removeListeners, port, said] = [undefined, [], [], undefined, []];
  document.documentElement.innerHTML = `<head><script src="${DESK}/widget.js" data-inbox="abc"></script></head><body><button></button></body>`;
  inside.postMessage.mockReset();
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
  vi.useRealTimers();
});

const allowed = (): Promise<Response> => Promise.resolve(Response.json(LOOK));

async function load(answer: () => Promise<Response> = allowed): Promise<void> {
  inside.fetch = vi.fn(answer);
  await import('../src/loader/main.ts');
  await vi.waitFor(() => expect(launcher().hidden && document.querySelector('recado-chat') !== null).toBe(false));
}

const frame = (): HTMLIFrameElement => root!.querySelector('iframe')!;
const launcher = (): HTMLButtonElement => root!.querySelector<HTMLButtonElement>('button')!;
const badge = (): HTMLElement => launcher().querySelector('span')!;
const isOpen = (): boolean => launcher().getAttribute('aria-expanded') === 'true';

function hear(data: unknown, origin = DESK, source: unknown = inside): void {
  const event = new MessageEvent('message', { data, origin });
  Object.defineProperty(event, 'source', { value: source });
  dispatchEvent(event);
}

/** The frame's page has been loaded: gives what it is told to begin with. */
function greet(): ToFrame & { type: 'start' } {
  hear({ recado: 1, type: 'ready' });
  const [start, target, ports] = inside.postMessage.mock.lastCall as unknown as [ToFrame & { type: 'start' }, string, MessagePort[]];
  expect(target).toBe(DESK);
  port = ports[0];
  port!.onmessage = ({ data }: MessageEvent<ToFrame>) => said.push(data);
  return start;
}

/** What the frame says, and what came of it. */
async function tell(message: object): Promise<void> {
  port!.postMessage(message);
  await passed();
}

/** Longer than the loader's own timers. */
const passed = (): Promise<void> => new Promise((done) => setTimeout(done, 20));

test('one request, one element, a closed root, and no page in the frame before anybody reaches for it', async () => {
  await load();
  expect(inside.fetch.mock.calls.map(([address]) => address as string)).toEqual([`${DESK}/api/v1/widget/inboxes/abc`]);
  expect(document.querySelectorAll('recado-chat')).toHaveLength(1);
  expect(document.querySelector('recado-chat')?.shadowRoot).toBeNull();
  expect(frame().src).toBe('');
});

test('the launcher opens and closes, says which, and Escape closes too', async () => {
  await load();
  launcher().click();
  expect(frame().src).toBe(`${DESK}/widget/abc`);
  expect(isOpen()).toBe(true);
  launcher().dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
  expect(isOpen()).toBe(false);
});

test('who reaches for the launcher and presses it asks for the page once', async () => {
  await load();
  const asks = vi.spyOn(frame(), 'src', 'set');
  for (const reach of ['pointerenter', 'focus', 'click']) launcher().dispatchEvent(new Event(reach));
  expect([isOpen(), asks.mock.calls]).toEqual([true, [[`${DESK}/widget/abc`]]]);
});

test('the left corner is asked for by the inbox', async () => {
  await load(() => Promise.resolve(Response.json({ ...LOOK, corner: 'left' })));
  expect(document.querySelector('recado-chat')?.getAttribute('dir')).toBe('rtl');
});

test('only our frame is greeted, and only from our origin', async () => {
  await load();
  launcher().click();
  hear({ recado: 1, type: 'ready' }, 'https://evil.example');
  hear({ recado: 1, type: 'ready' }, DESK, window);
  expect(inside.postMessage).not.toHaveBeenCalled();
  greet();
  await tell({ type: 'keep', name: '', text: 'k1' });
  expect(localStorage.getItem('recado:abc')).toBe('k1');
});

test('no listener of the page hears what the frame keeps', async () => {
  await load();
  const heard: unknown[] = [];
  window.addEventListener('message', ({ data }) => heard.push(data));
  launcher().click();
  greet();
  await tell({ type: 'keep', name: '', text: 'secret-key' });
  expect(localStorage.getItem('recado:abc')).toBe('secret-key');
  expect(heard).toEqual([{ recado: 1, type: 'ready' }]);
});

test('what is kept for this inbox is told to our frame, and nothing of another inbox', async () => {
  localStorage.setItem('recado:abc', 'k1');
  localStorage.setItem('recado:abc:draft', 'hello');
  localStorage.setItem('recado:abcd', 'foreign');
  await load();
  expect(greet()).toMatchObject({ kept: { '': 'k1', ':draft': 'hello' }, look: LOOK });
});

test('an open chat takes the keyboard when it appears, and not from the site’s own form', async () => {
  await load();
  launcher().click();
  const focus = vi.spyOn(HTMLIFrameElement.prototype, 'focus');
  Object.defineProperty(document, 'activeElement', { value: document.querySelector('recado-chat'), configurable: true });
  greet();
  expect(focus).toHaveBeenCalledTimes(1);
  Object.defineProperty(document, 'activeElement', { value: document.body, configurable: true });
  await tell({ type: 'ready' });
  greet();
  expect(focus).toHaveBeenCalledTimes(1);
  Reflect.deleteProperty(document, 'activeElement');
});

test('the keyboard goes back to what has called for the chat', async () => {
  await load();
  const caller = document.querySelector('button')!;
  caller.focus();
  page.recado('open');
  page.recado('close');
  expect(document.activeElement).toBe(caller);
});

test('unread answers are a number, and their beginning is the frame’s to show', async () => {
  await load();
  launcher().click();
  launcher().click();
  greet();
  await tell({ type: 'unread', count: 12 });
  expect(badge().textContent).toBe('9+');
  expect(launcher().getAttribute('aria-label')).toBe('Chat (12)');
  await tell({ type: 'peek', height: 90 });
  expect(root!.querySelector<HTMLElement>('.peek')?.style.height).toBe('90px');
  await tell({ type: 'open' });
  expect(isOpen()).toBe(true);
  await tell({ type: 'unread', count: 0 });
  expect(badge().hidden).toBe(true);
});

test('a frame that may not be shown takes the launcher away, with one line for the developer', async () => {
  await load();
  launcher().click();
  greet();
  await tell({ type: 'gone', code: 'origin' });
  expect(document.querySelector('recado-chat')).toBeNull();
  expect(warned).toEqual([expect.stringContaining('origin')]);
});

test('a page in the frame that is not ours is asked for again, less and less often, until ours has come', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await load();
  let asked = 0;
  vi.spyOn(frame(), 'src', 'set').mockImplementation(() => {
    asked += 1;
    frame().setAttribute('src', `${DESK}/widget/abc`);
    setTimeout(() => frame().dispatchEvent(new Event('load')), 10);
  });
  launcher().click();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBeGreaterThan(2);
  expect(asked).toBeLessThan(7);
  greet();
  const before = asked;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked).toBe(before);
});

test('an inbox that does not exist shows nothing', async () => {
  await load(() => Promise.resolve(new Response('{}', { status: 404 })));
  expect(document.querySelector('recado-chat')).toBeNull();
  expect(warned).toEqual([expect.stringContaining('404')]);
});

test('without an answer it tries three times more, then says so once', async () => {
  vi.useFakeTimers();
  inside.fetch = vi.fn(() => Promise.reject(new TypeError('blocked')));
  await import('../src/loader/main.ts');
  await vi.advanceTimersByTimeAsync(600_000);
  expect(inside.fetch).toHaveBeenCalledTimes(4);
  expect(warned).toHaveLength(1);
  expect(document.querySelector('recado-chat')).toBeNull();
});
