import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const DESK = 'https://desk.example';

/** What a browser would give the frame: jsdom has no windows inside shadow trees. */
const inside = { postMessage: vi.fn() };

let root: ShadowRoot | undefined;
let warned: string[];
let removeListeners: (() => void)[];

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
  [root, warned, removeListeners] = [undefined, [], []];
  document.documentElement.innerHTML = `<head><script src="${DESK}/widget.js" data-inbox="abc"></script></head><body></body>`;
  inside.postMessage.mockReset();
  vi.spyOn(HTMLIFrameElement.prototype, 'contentWindow', 'get').mockReturnValue(inside as unknown as Window);
  const attach = Element.prototype.attachShadow;
  vi.spyOn(Element.prototype, 'attachShadow').mockImplementation(function (this: Element, options) {
    return (root = attach.call(this, options));
  });
  const listen = window.addEventListener.bind(window);
  vi.spyOn(window, 'addEventListener').mockImplementation((type: string, heard: EventListenerOrEventListenerObject) => {
    listen(type, heard);
    removeListeners.push(() => window.removeEventListener(type, heard));
  });
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void warned.push(text));
});
afterEach(() => {
  for (const remove of removeListeners) remove();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function load(answer: () => Promise<Response>): Promise<void> {
  vi.stubGlobal('fetch', vi.fn(answer));
  await import('../src/loader/main.ts');
  await vi.waitFor(() => expect(fetch).toHaveBeenCalled());
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

const allowed = (): Promise<Response> => Promise.resolve(Response.json({ colour: '#0b6b4f', locale_hint: 'es' }));
const frame = (): HTMLIFrameElement | null => root?.querySelector('iframe') ?? null;
const launcher = (): HTMLButtonElement => root!.querySelector<HTMLButtonElement>('.go')!;

function hear(data: unknown, origin = DESK, source: unknown = inside): void {
  const event = new MessageEvent('message', { data, origin });
  Object.defineProperty(event, 'source', { value: source });
  dispatchEvent(event);
}

test('one request, one element, a closed root, and no frame before anybody reaches for it', async () => {
  await load(allowed);
  expect(vi.mocked(fetch).mock.calls.map(([address]) => address)).toEqual([`${DESK}/api/v1/widget/inboxes/abc`]);
  expect(document.querySelectorAll('recado-chat')).toHaveLength(1);
  expect(document.querySelector('recado-chat')?.shadowRoot).toBeNull();
  expect(frame()).toBeNull();
});

test('the launcher opens and closes, says which, and Escape closes too', async () => {
  await load(allowed);
  launcher().click();
  expect(frame()?.src).toBe(`${DESK}/widget/abc`);
  expect(launcher().getAttribute('aria-expanded')).toBe('true');
  launcher().dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
  expect(launcher().getAttribute('aria-expanded')).toBe('false');
});

test('only our frame is heard, and only from our origin', async () => {
  await load(allowed);
  launcher().click();
  hear({ recado: 1, type: 'keep', name: '', text: 'evil' }, 'https://evil.example');
  hear({ recado: 1, type: 'keep', name: '', text: 'evil' }, DESK, window);
  hear({ type: 'keep', name: '', text: 'evil' });
  expect(localStorage.length).toBe(0);
  hear({ recado: 1, type: 'keep', name: '', text: 'k1' });
  expect(localStorage.getItem('recado:abc')).toBe('k1');
});

test('what is kept for this inbox is told to our origin alone, and nothing of another inbox', async () => {
  localStorage.setItem('recado:abc', 'k1');
  localStorage.setItem('recado:abc:draft', 'hello');
  localStorage.setItem('recado:abcd', 'foreign');
  await load(allowed);
  launcher().click();
  hear({ recado: 1, type: 'ready' });
  const [start, target] = inside.postMessage.mock.calls[0] as unknown as [{ kept: unknown }, string];
  expect(start.kept).toEqual({ '': 'k1', ':draft': 'hello' });
  expect(target).toBe(DESK);
});

test('an open chat takes the keyboard when it appears, and never again by itself', async () => {
  await load(allowed);
  launcher().click();
  const focus = vi.spyOn(HTMLIFrameElement.prototype, 'focus');
  hear({ recado: 1, type: 'ready' });
  expect(focus).toHaveBeenCalledTimes(1);
  hear({ recado: 1, type: 'ready' });
  expect(inside.postMessage.mock.calls.filter(([{ type }]) => type === 'start')).toHaveLength(2);
  expect(focus).toHaveBeenCalledTimes(1);
  launcher().click();
  launcher().click();
  expect(focus).toHaveBeenCalledTimes(2);
});

test('an answer shows as badge and notice, as text alone', async () => {
  localStorage.setItem('recado:abc', 'k1');
  await load(allowed);
  launcher().dispatchEvent(new Event('pointerenter'));
  hear({ recado: 1, type: 'unread', count: 12, name: 'Ana', text: '<img src=x>' });
  expect(root?.querySelector('.n')?.textContent).toBe('9+');
  expect(root?.querySelector('.tip i')?.textContent).toBe('<img src=x>');
  expect(launcher().getAttribute('aria-label')).toContain('(12)');
  hear({ recado: 1, type: 'unread', count: 0, name: '', text: '' });
  expect(root?.querySelector<HTMLElement>('.tip')?.hidden).toBe(true);
});

test('a frame that may not be shown takes the launcher away, with one line for the developer', async () => {
  await load(allowed);
  launcher().click();
  hear({ recado: 1, type: 'gone', code: 'origin' });
  expect(document.querySelector('recado-chat')).toBeNull();
  expect(warned).toHaveLength(1);
});

test('an inbox that does not exist shows nothing', async () => {
  await load(() => Promise.resolve(new Response('{}', { status: 404 })));
  expect(document.querySelector('recado-chat')).toBeNull();
  expect(warned).toEqual([expect.stringContaining('404')]);
});

test('without an answer it tries three times more, then says so once', async () => {
  vi.useFakeTimers();
  const refuse = vi.fn(() => Promise.reject(new TypeError('blocked')));
  vi.stubGlobal('fetch', refuse);
  await import('../src/loader/main.ts');
  await vi.advanceTimersByTimeAsync(600_000);
  expect(refuse).toHaveBeenCalledTimes(4);
  expect(warned).toHaveLength(1);
  expect(document.querySelector('recado-chat')).toBeNull();
});
