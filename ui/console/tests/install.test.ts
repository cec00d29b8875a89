/** What a browser reads before it installs the console. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const CONSOLE = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(CONSOLE, path));
const manifest = JSON.parse(read('public/install/manifest.webmanifest').toString()) as {
  start_url: string;
  scope: string;
  display: string;
  icons: { src: string; sizes: string; type: string; purpose?: string }[];
};

/** The width and height that a PNG says of itself. */
function sizeOf(png: Buffer): string {
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
}

test('the manifest names what makes the console installable', () => {
  expect(manifest).toMatchObject({ start_url: '/', scope: '/', display: 'standalone' });
  expect(manifest.icons.map((icon) => icon.sizes)).toEqual(['192x192', '512x512', '512x512']);
  expect(manifest.icons.filter((icon) => icon.purpose === 'maskable')).toHaveLength(1);
});

test('every icon is there in the size it says', () => {
  for (const { src, sizes } of manifest.icons) expect([src, sizeOf(read(`public${src}`))]).toEqual([src, sizes]);
  expect(sizeOf(read('public/install/icon-180.png'))).toBe('180x180');
});

test('the page names the manifest, and the bar of each theme', () => {
  const page = read('index.html').toString();
  expect(page).toContain('rel="manifest" href="/install/manifest.webmanifest"');
  expect(page.match(/name="theme-color"/g)).toHaveLength(2);
});
