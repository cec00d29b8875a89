/**
 * The part of the console that a browser keeps for when no page of it is open: what is told by a push, and where a press on it
 * leads. It answers no request and keeps no page: what one opens is always of the server's own build.
 */
import { isOpen, pageFor, toldBy, type Shown, type Told } from './told.ts';

declare const self: ServiceWorkerGlobalScope;

/** As `RINGER` in `src/state/ringing.ts`. */
const RINGER = 'recado:ringer';
const ICON = '/install/icon-192.png';
const SMALL = '/install/badge-96.png';

self.addEventListener('install', () => void self.skipWaiting());
self.addEventListener('push', (event) => event.waitUntil(tell(toldBy(event.data?.text()))));
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(lead((event.notification.data as { url: string }).url));
});

const pages = (): Promise<readonly WindowClient[]> => self.clients.matchAll({ type: 'window', includeUncontrolled: true });

async function tell(told: Told): Promise<void> {
  if (told.type === 'show') await show(told);
  else await clear(told.tags);
  // An open page knows the number itself.
  if (!isOpen(await pages())) await count(told).catch(() => undefined);
}

async function show({ tag, title, body, url, at }: Shown): Promise<void> {
  const looksAtIt = (await pages()).some((page) => page.focused && new URL(page.url).pathname === url);
  if (looksAtIt) return;
  const options: NotificationOptions & { renotify: boolean; timestamp: number } = {
    body,
    tag,
    icon: ICON,
    badge: SMALL,
    data: { url },
    renotify: true,
    silent: await rings(),
    timestamp: at / 1000,
  };
  await self.registration.showNotification(title, options);
}

/** A page of ours rings by itself: twice would be once too often. */
async function rings(): Promise<boolean> {
  const { held } = await self.navigator.locks.query();
  return (held ?? []).some(({ name }) => name === RINGER);
}

async function clear(tags: readonly string[]): Promise<void> {
  for (const one of await self.registration.getNotifications()) if (tags.includes(one.tag)) one.close();
}

/** The number at the installed console's icon; a mark without one where it is not told. */
async function count({ type, badge }: Told): Promise<void> {
  if (badge === 0) return self.navigator.clearAppBadge();
  if (badge !== undefined || type === 'show') await self.navigator.setAppBadge(badge);
}

async function lead(url: string): Promise<void> {
  const page = pageFor(await pages(), url);
  if (!page) return void (await self.clients.openWindow(url));
  page.postMessage({ go: url });
  await page.focus();
}
