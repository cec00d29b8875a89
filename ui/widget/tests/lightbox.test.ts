// @vitest-environment jsdom
import { expect, test, vi } from 'vitest';
import type { Attachment } from '@recado/shared/wire.ts';

test('two quick presses lead two pictures on, whichever of them comes first', async () => {
  vi.stubGlobal('CSSStyleSheet', class { replaceSync(): void {} });
  Object.defineProperty(document, 'adoptedStyleSheets', { value: [], writable: true });
  HTMLDialogElement.prototype.showModal ??= () => undefined;
  vi.resetModules();
  const { look } = await import('../src/frame/lightbox.ts');
  const coming = new Map<string, (address: string) => void>();
  const addressOf = (id: string): Promise<string> => new Promise((come) => coming.set(id, come));
  const come = async (id: string): Promise<void> => {
    await vi.waitFor(() => expect(coming.has(id)).toBe(true));
    coming.get(id)!(`blob:${id}`);
    await new Promise((resolve) => setTimeout(resolve));
  };
  const pictures = ['a', 'b', 'c', 'd'].map((id) => ({ id, name: `${id}.png` }) as Attachment);
  look(pictures, 0, addressOf, document.body);
  const [dialog, image] = [document.querySelector<HTMLDialogElement>('.look')!, document.querySelector<HTMLImageElement>('.look img')!];
  await come('a');
  const [, after] = dialog.querySelectorAll<HTMLButtonElement>('footer button');
  after!.click();
  after!.click();
  await come('c');
  await come('b');
  expect([image.alt, dialog.querySelector('[role=status]')!.textContent]).toEqual(['c.png', '3 / 4']);
  dialog.remove();
});
