/** A desk at its socket, whose requests wait until a test answers them. */
import type { ConsoleEvent, DeskState } from '@recado/shared/wire.ts';
import { afterEach, beforeEach, vi } from 'vitest';
import { Desk } from '../src/state/desk.svelte.ts';
import { Socket } from './socket.ts';
import { ANA, conversation, desk as state, entry, row } from './world.ts';

export interface Held {
  path: string;
  method: string;
  answer: (body: unknown, status?: number) => void;
  fail: () => void;
}

/** Each request waits until it is answered, by the end of its path. */
export let held: Held[];
export const paths = (end: string): Held[] => held.filter(({ path }) => path.endsWith(end));
export let desk: Desk;

export function forgetRequests(): void {
  held = [];
}

/** Sets the desk up for each test of the file that calls this. */
export function staged(): void {
  beforeEach(async () => {
    localStorage.clear();
    held = [];
    vi.stubGlobal('WebSocket', Socket);
    vi.stubGlobal(
      'fetch',
      (path: string, { method }: RequestInit) =>
        new Promise<Response>((resolve, reject) => {
          const answer = (body: unknown, status = 200): void =>
            resolve(new Response(status === 204 ? null : JSON.stringify(body), { status }));
          // Who talks with whom is no matter here.
          if (path.includes('/directs/')) return answer(path.endsWith('/counts') ? { inbox: 0, archived: 0 } : []);
          held.push({ path, method: method ?? 'GET', answer, fail: () => reject(new TypeError('no connection')) });
        }),
    );
    desk = new Desk(ANA);
    desk.start();
    await vi.waitUntil(() => Socket.last?.onmessage);
    await tell({ type: 'hello', epoch: 'e1' });
    await fetched(state([row(1)]));
  });

  afterEach(() => {
    desk.stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}

export async function tell(event: ConsoleEvent | { type: 'hello'; epoch: string }): Promise<void> {
  Socket.last.tell(event);
  // The page's fetch begins after the event.
  await Promise.resolve();
}

export async function fetched(shown: DeskState): Promise<void> {
  await vi.waitUntil(() => paths('/desk').length > 0);
  const before = desk.model;
  const [fetch] = paths('/desk');
  held = held.filter((one) => one !== fetch);
  fetch!.answer(shown);
  await vi.waitUntil(() => desk.model !== before && desk.connection.state === 'live');
}

export const waiting = (): number[] => desk.rows('waiting').map(({ id }) => id);
export const kept = (): string[] => desk.drafts.orphans.map(({ body }) => body);

/** Opens the conversation that waits. */
export async function opens(): Promise<void> {
  void desk.select(1);
  await answersWith(row(1));
  await vi.waitUntil(() => desk.open?.model);
}

/** Answers the next request for the conversation. */
export async function answersWith(shown: typeof ROW, drafts: DeskState['drafts'] = []): Promise<void> {
  await vi.waitUntil(() => paths('/conversations/1').length > 0);
  const [asked] = paths('/conversations/1');
  held = held.filter((one) => one !== asked);
  asked!.answer({ ...conversation(shown, [entry(1)]), drafts });
}

const ROW = row(1);
