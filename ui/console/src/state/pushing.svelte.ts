/** Whether this browser shows notifications with no page open, why not, and how it is turned on and off. */
import type { NoticesState } from '@recado/shared/wire.ts';
import { call, once } from './backend.ts';
import { register } from './worker.ts';

/** `off`: not asked yet, or turned off here. `denied`: the person or the browser has said no. */
export type PushPhase = 'looking' | 'unsupported' | 'insecure' | 'install' | 'denied' | 'off' | 'on';

/** Who has turned it on in this browser, and where its service had it then: it is on again for them once they sign in again. */
const KEY = 'recado:push';

export class Pushing {
  phase = $state<PushPhase>('looking');
  busy = $state(false);
  private readonly me: number;

  constructor(me: number) {
    this.me = me;
  }

  /** `told`: whether the server tells this browser, as far as it has said. */
  async look(told = true): Promise<void> {
    const lacks = whatLacks();
    if (lacks) return void (this.phase = lacks);
    if (Notification.permission === 'denied') return void (this.phase = 'denied');
    const there = await subscription();
    this.phase = told && there && Notification.permission === 'granted' ? 'on' : 'off';
  }

  /** Asks the person, then the browser's own service, then tells the server where it is. `key` is the server's public one. */
  async turnOn(key: string): Promise<void> {
    this.busy = true;
    try {
      // Asked first, and at once: some browsers allow the question only within the press.
      if ((await Notification.requestPermission()) === 'granted') await subscribe(key, this.me);
    } finally {
      this.busy = false;
    }
  }

  async turnOff(): Promise<void> {
    this.busy = true;
    try {
      want(null);
      await call('DELETE', '/push');
      await (await subscription())?.unsubscribe();
    } finally {
      this.busy = false;
    }
  }
}

/**
 * Tells the server again where this browser is, for whoever has it turned on here: `anew` where they have just signed in, and
 * their session is another one; else only where its service has it elsewhere now.
 */
export async function resumePush(me: number, anew: boolean): Promise<void> {
  const known = endpointOf(me);
  if (known === null || whatLacks() || Notification.permission !== 'granted') return;
  if (!anew && (await subscription())?.endpoint === known) return;
  const { push_key: key } = await once<NoticesState>('GET', '/notices');
  if (key) await subscribe(key, me);
}

/** Whoever has signed out gets nothing here any more, whatever is still on its way. */
export async function endPush(): Promise<void> {
  if (!whatLacks()) await (await subscription())?.unsubscribe();
}

function whatLacks(): 'unsupported' | 'insecure' | 'install' | null {
  if (!isSecureContext) return 'insecure';
  if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) return null;
  const apple = /iPhone|iPad/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);
  return apple && !matchMedia('(display-mode: standalone)').matches ? 'install' : 'unsupported';
}

async function subscription(): Promise<PushSubscription | null> {
  const there = await navigator.serviceWorker.getRegistration('/');
  return (await there?.pushManager.getSubscription()) ?? null;
}

async function subscribe(key: string, me: number): Promise<void> {
  const worker = await register();
  if (!worker) throw new Error('no service worker');
  await navigator.serviceWorker.ready;
  const applicationServerKey = bytesOf(key);
  const there = await worker.pushManager.getSubscription();
  // One for a server whose key was another is good for nothing.
  if (there && textOf(there.options.applicationServerKey) !== key) await there.unsubscribe();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const [p256dh, secret] = [textOf(made.getKey('p256dh')), textOf(made.getKey('auth'))];
  await call('PUT', '/push', { endpoint: made.endpoint, key: p256dh, secret, name: browserName(navigator.userAgent) });
  want(`${me} ${made.endpoint}`);
}

/** Unpadded base64url, as the standard writes keys. */
export function textOf(bytes: ArrayBuffer | null): string {
  const text = String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)));
  return btoa(text).replace(/\+/gu, '-').replace(/\//gu, '_').replace(/=+$/u, '');
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/gu, '+').replace(/_/gu, '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

const BROWSERS = [['Edg', 'Edge'], ['OPR', 'Opera'], ['Firefox', 'Firefox'], ['Chrome', 'Chrome'], ['Safari', 'Safari']] as const;
const SYSTEMS = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['Linux', 'Linux']] as const;

/** "Chrome, Windows": what somebody knows it by among their other ones. */
export function browserName(agent: string): string {
  const found = [BROWSERS, SYSTEMS].map((names) => names.find(([sign]) => agent.includes(sign))?.[1]);
  return found.filter(Boolean).join(', ') || '?';
}

/** Where it was when it was turned on; null: not by this person. */
function endpointOf(me: number): string | null {
  try {
    const [who, endpoint] = (localStorage.getItem(KEY) ?? '').split(' ');
    return who === String(me) ? (endpoint ?? null) : null;
  } catch {
    return null;
  }
}

function want(what: string | null): void {
  try {
    if (what === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, what);
  } catch {
    // Without storage it is turned on for this session.
  }
}
