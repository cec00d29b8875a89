// @vitest-environment jsdom
import { expect, test, vi } from 'vitest';
import type { Attachment } from '@recado/shared/wire.ts';
import type { Session } from '../src/frame/session.ts';

const MANY = 70;

test('pictures of a chat that is opened again are shown, however many there are', async () => {
  vi.stubGlobal('CSSStyleSheet', class { replaceSync(): void {} });
  Object.defineProperty(document, 'adoptedStyleSheets', { value: [], writable: true });
  const kept = new Set<string>();
  let made = 0;
  URL.createObjectURL = () => {
    made += 1;
    kept.add(`blob:x/${made}`);
    return `blob:x/${made}`;
  };
  URL.revokeObjectURL = (address) => void kept.delete(address);
  vi.stubGlobal('fetch', async () => ({ ok: true, status: 200, blob: async () => new Blob([]) }));
  // Another file may have tried to load it where there were no such styles.
  vi.resetModules();
  const { show } = await import('../src/frame/files.ts');
  const session = { token: async () => 't', expire() {} } as unknown as Session;

  function draw(): void {
    for (let number = 0; number < MANY; number += 1) {
      const bubble = document.createElement('div');
      const words = bubble.appendChild(document.createElement('span'));
      document.body.append(bubble);
      const file = { id: `f${number}`, name: 'a.png', type: 'image/png', size: 1, width: 10, height: 10, thumbnail: true };
      show(words, [file as unknown as Attachment], session);
    }
  }
  const shown = (): number => [...document.images].filter((image) => kept.has(image.src)).length;

  draw();
  await vi.waitFor(() => expect(shown()).toBe(MANY));
  document.body.replaceChildren(); // to the list, and back
  draw();
  await vi.waitFor(() => expect(shown()).toBe(MANY));
  await vi.waitFor(() => expect(made).toBe(MANY));
  await new Promise((resolve) => setTimeout(resolve)); // what is let go of goes in a task of its own
  expect(shown()).toBe(MANY);
});
