import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Host } from '../src/frame/host.ts';
import { MARK } from '../src/protocol.ts';

let site: Window;

beforeEach(() => {
  site = document.body.appendChild(document.createElement('iframe')).contentWindow!;
  vi.stubGlobal('parent', site);
});
afterEach(() => vi.unstubAllGlobals());

/** What the loader says when it hears of a page: gives its side of a channel of their own. */
function greet(origin = 'https://shop.example'): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const data = { recado: MARK, type: 'start', kept: {}, page: `${origin}/`, look: {} };
  window.dispatchEvent(new MessageEvent('message', { data, origin, source: site, ports: [port2] }));
  return port1;
}

const said = (port: MessagePort): Promise<unknown> =>
  new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));

test('a loader that greets twice is spoken with by the last channel, which it holds to itself', async () => {
  const host = new Host();
  const started = host.start();
  greet();
  expect((await started).page).toBe('https://shop.example/');
  const last = greet();
  const heard = said(last);
  void host.start();
  expect(await heard).toMatchObject({ type: 'ready' });
});

test('no other origin than that of the first greeting is listened to', async () => {
  const host = new Host();
  const first = greet();
  greet('https://evil.example');
  const heard = said(first);
  host.tell({ type: 'forget' });
  expect([host.site, await heard]).toEqual(['https://shop.example', { type: 'forget' }]);
});
