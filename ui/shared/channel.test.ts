import { afterEach, expect, test, vi } from 'vitest';
import { openChannel } from './channel.ts';

afterEach(() => vi.unstubAllGlobals());

test('what one page says, the others of its origin hear', async () => {
  const [one, other] = [openChannel('test')!, openChannel('test')!];
  const heard = new Promise((told) => other.addEventListener('message', ({ data }) => told(data)));
  one.postMessage('hello');
  expect(await heard).toBe('hello');
  one.close();
  other.close();
});

test.each([
  ['denied', function () { throw new DOMException('denied', 'SecurityError'); }],
  ['missing', undefined],
])('where it is %s there are no others', (_, channel) => {
  vi.stubGlobal('BroadcastChannel', channel);
  expect(openChannel('test')).toBe(null);
});
