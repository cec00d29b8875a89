/** How many are for me to look at, where a browser shows it: the tab's title and sign, and the icon of the installed console. */
import type { Choices } from '@recado/shared/wire.ts';
import counted from '../icon-counted.svg?raw';

export interface ToSee {
  /** Those that wait. */
  waiting: number;
  /** Those of mine whose customer has written what I have not read. */
  mine: number;
  /** Those in which colleagues have. */
  internal: number;
}

/** Whoever wants to be told of their own conversations alone has no part in those that wait. */
export function badgeOf({ waiting, mine, internal }: ToSee, customers: Choices['customers']): number {
  return mine + internal + (customers === 'all' ? waiting : 0);
}

/** What the browser's tab is called: how many are to be looked at, the page, and the product. */
export function tabTitle(count: number, page = ''): string {
  return `${count > 0 ? `(${count}) ` : ''}${page === '' ? '' : `${page} · `}Recado`;
}

/** The tab's sign with a number: one figure, which can be read at 16 pixels. */
export function signOf(count: number): string {
  const [words, size] = count > 9 ? ['9+', '13'] : [String(count), '17'];
  return `data:image/svg+xml,${encodeURIComponent(counted.replace('{count}', words).replace('{size}', size))}`;
}

let plain: string | null = null;

/** Shows the number at the tab's sign and at the installed console's icon; none for nought. */
export function showCount(count: number): void {
  const sign = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (sign) {
    plain ??= sign.href;
    sign.href = count > 0 ? signOf(count) : plain;
  }
  // A browser that has no icon to show it at, or whose console is not installed, has nothing to say about it.
  const shown = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  shown?.catch(() => undefined);
}
