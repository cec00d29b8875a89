/** A browser that is told with no page open: how that is turned on, what stands in the way, and who it is for. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { explainTrial } from '../src/features/notify/trial.ts';
import { ApiProblem } from '@recado/shared/api.ts';
import { speak } from '../src/state/language.svelte.ts';
import { endPush, Pushing, resumePush } from '../src/state/pushing.svelte.ts';
import { ANA, BRUNO } from './world.ts';

const KEY = 'BAcd-_8';
let permission: NotificationPermission;
let there: { endpoint: string; options: object; getKey: () => ArrayBuffer; unsubscribe: () => Promise<boolean> } | null;
let made: number;
let asked: { method: string; path: string; body: unknown }[];

const registration = {
  pushManager: {
    getSubscription: async () => there,
    subscribe: async ({ applicationServerKey }: { applicationServerKey: Uint8Array<ArrayBuffer> }) =>
      (there ??= {
        endpoint: `https://push.example/${(made += 1)}`,
        options: { applicationServerKey: applicationServerKey.buffer },
        getKey: () => new Uint8Array([1, 2]).buffer,
        unsubscribe: async () => ((there = null), true),
      }),
  },
};

beforeEach(() => {
  [permission, there, made, asked] = ['default', null, 0, []];
  localStorage.clear();
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('PushManager', class {});
  vi.stubGlobal('Notification', {
    get permission() {
      return permission;
    },
    requestPermission: async () => (permission = permission === 'default' ? 'granted' : permission),
  });
  const serviceWorker = { register: async () => registration, getRegistration: async () => registration, ready: Promise.resolve() };
  vi.stubGlobal('navigator', { serviceWorker, userAgent: 'Firefox Linux', platform: 'Linux', maxTouchPoints: 0 });
  vi.stubGlobal('fetch', async (path: string, { method, body }: { method: string; body?: string }) => {
    asked.push({ method, path: path.replace('/api/v1/console', ''), body: body && JSON.parse(body) });
    return method === 'GET' ? new Response(JSON.stringify({ push_key: KEY })) : new Response(null, { status: 204 });
  });
});
afterEach(() => vi.unstubAllGlobals());

const puts = (): unknown[] => asked.filter(({ method }) => method === 'PUT').map(({ body }) => body);

async function turnedOn(): Promise<Pushing> {
  const pushing = new Pushing(ANA);
  await pushing.turnOn(KEY);
  await pushing.look();
  return pushing;
}

test('turned on, the server knows where this browser is, and what it is called', async () => {
  expect((await turnedOn()).phase).toBe('on');
  expect(asked).toEqual([
    { method: 'PUT', path: '/push', body: { endpoint: 'https://push.example/1', key: 'AQI', secret: 'AQI', name: 'Firefox, Linux' } },
  ]);
});

test('whoever says no is told how to change that, and the server nothing', async () => {
  permission = 'denied';
  expect([(await turnedOn()).phase, asked]).toEqual(['denied', []]);
});

test('turned off, or thrown out from elsewhere, it is off', async () => {
  const pushing = await turnedOn();
  await pushing.look(false);
  expect(pushing.phase).toBe('off');
  await pushing.turnOff();
  expect([asked.at(-1)?.method, there]).toEqual(['DELETE', null]);
  await resumePush(ANA, true);
  expect(puts()).toHaveLength(1);
});

test('who has signed out gets nothing here, and has it again once they have signed in; nobody else does', async () => {
  await turnedOn();
  await endPush();
  expect(there).toBeNull();
  await resumePush(BRUNO, true);
  expect(puts()).toHaveLength(1);
  await resumePush(ANA, true);
  expect(puts()[1]).toMatchObject({ endpoint: 'https://push.example/2' });
  await resumePush(ANA, false);
  expect(puts()).toHaveLength(2);
});

test('where the service has moved it, the server is told, and one made for another key is made anew', async () => {
  await turnedOn();
  there = { ...there!, endpoint: 'https://push.example/moved', options: { applicationServerKey: new Uint8Array([9]).buffer } };
  await resumePush(ANA, false);
  expect(puts()[1]).toMatchObject({ endpoint: 'https://push.example/2' });
});

test.each([
  ['insecure', () => vi.stubGlobal('isSecureContext', false)],
  ['unsupported', () => Reflect.deleteProperty(globalThis, 'PushManager')],
  [
    'install',
    () => {
      Reflect.deleteProperty(globalThis, 'PushManager');
      vi.stubGlobal('navigator', { userAgent: 'iPhone Safari', serviceWorker: {} });
    },
  ],
])('it says what is lacking: %s', async (phase, lack) => {
  lack();
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  const pushing = new Pushing(ANA);
  await pushing.look();
  expect(pushing.phase).toBe(phase);
});

test('a test that did not arrive says why, in the words of the other side where it has some', async () => {
  await speak('en');
  const refused = (extra: object): unknown => Object.assign(new ApiProblem(409, 'not_sent'), { extra });
  expect(explainTrial(refused({ fault: 'no_browser', answer: '' }))).toBe('None of your browsers is turned on');
  expect(explainTrial(refused({ fault: 'refused', answer: '550 no such user' }))).toBe('It was not accepted. It answered: 550 no such user');
  expect(explainTrial(refused({ fault: 'of a later version' }))).toBe('It was not accepted');
});
