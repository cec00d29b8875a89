/** What moves a conversation without words: each is one request, which may be made twice. Whoever asks shows what came of it. */
import type { ConversationRow, Moved, Targets } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import type { Along } from './note-along.svelte.ts';

type Move = Promise<ConversationRow | null>;

const post = (id: number, verb: string, body: object = {}): Move =>
  call<Moved>('POST', `/conversations/${id}/${verb}`, body).then(({ conversation }) => conversation);

/** `operator` null: to the department, where it waits. */
export interface Transfer extends Along {
  department: number;
  operator: number | null;
}

/** I have heard that it waits; it goes on waiting. The first who says so counts. */
export const acknowledge = (id: number): Move => post(id, 'acknowledge');
export const claim = (id: number): Move => post(id, 'claim');
/** `owner`: whose it is as the page shows it; where it is another's by now, it is refused as `taken`. */
export const release = (id: number, owner: number | null): Move => post(id, 'release', { owner });
export const transfer = (id: number, to: Transfer): Move => post(id, 'transfer', to);
/** How many of the customer's messages the page shows: refused as `unread` where they have written since. */
export interface Heard {
  inbound_count?: number;
}

/** `until` in microseconds; null: until the customer writes. */
export const pause = (id: number, until: number | null, heard: Heard): Move => post(id, 'pause', { until, ...heard });
export const resume = (id: number): Move => post(id, 'resume');
export const close = (id: number, heard: Heard, reason: number | null = null, along: Partial<Along> = {}): Move =>
  post(id, 'close', { reason, ...along, ...heard });
export const reopen = (id: number): Move => post(id, 'reopen');
export const block = (id: number, network: boolean, reason: string | null): Move =>
  post(id, 'block', { network, reason });
export const lookIn = (id: number): Move => post(id, 'look-in');
export const lookAway = (id: number): Promise<void> => call('DELETE', `/conversations/${id}/look-in`);

/** Where a conversation can be handed to, as it is now. */
export const targets = (): Promise<Targets> => call('GET', '/targets');
export const unblock = (block: number): Promise<void> => call('DELETE', `/blocks/${block}`);
