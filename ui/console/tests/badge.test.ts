/** The number outside the page: what it counts, and where a browser shows it. */
import { afterEach, expect, test, vi } from 'vitest';
import { badgeOf, showCount, signOf, tabTitle } from '../src/state/badge.ts';

const TO_SEE = { waiting: 4, mine: 2, internal: 1 };

afterEach(() => {
  document.head.innerHTML = '';
  vi.unstubAllGlobals();
});

test('counts those that wait for whoever wants to be told of all, and never more than that', () => {
  expect(badgeOf(TO_SEE, 'all')).toBe(7);
  expect([badgeOf(TO_SEE, 'mine'), badgeOf(TO_SEE, 'none')]).toEqual([3, 3]);
});

test('the title begins with the number, where there is one', () => {
  expect([tabTitle(3, 'Mesa'), tabTitle(0, 'Mesa'), tabTitle(2)]).toEqual(['(3) Mesa · Recado', 'Mesa · Recado', '(2) Recado']);
});

test('the sign says the number as long as one figure does', () => {
  const drawn = (count: number): string => decodeURIComponent(signOf(count));
  expect(drawn(9)).toContain('font-size="17" fill="#fff">9<');
  expect(drawn(10)).toContain('font-size="13" fill="#fff">9+<');
  expect(drawn(10)).not.toContain('{');
});

test('sign and icon show it, and are plain again without one', () => {
  const [set, clear] = [vi.fn(async () => undefined), vi.fn(async () => undefined)];
  vi.stubGlobal('navigator', { setAppBadge: set, clearAppBadge: clear });
  document.head.innerHTML = '<link rel="icon" href="/assets/icon.svg">';
  const sign = document.querySelector<HTMLLinkElement>('link[rel="icon"]')!;
  showCount(3);
  expect([sign.getAttribute('href'), set.mock.calls]).toEqual([signOf(3), [[3]]]);
  showCount(0);
  expect(new URL(sign.href).pathname).toBe('/assets/icon.svg');
  expect(clear).toHaveBeenCalledOnce();
});

test('a browser without such icons, or one that refuses, is no error', async () => {
  vi.stubGlobal('navigator', {});
  expect(() => showCount(1)).not.toThrow();
  vi.stubGlobal('navigator', { setAppBadge: () => Promise.reject(new Error('not installed')) });
  showCount(1);
  await new Promise((done) => setTimeout(done));
});
