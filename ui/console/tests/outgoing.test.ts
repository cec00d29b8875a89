/** A text as it goes: filled in for a customer, measured as they will read it. */
import { beforeEach, expect, test } from 'vitest';
import { outgoing } from '../src/features/desk/outgoing.ts';
import { captionIn, sendWaiting } from '../src/features/desk/waiting.ts';
import type { OpenConversation } from '../src/state/conversation.svelte.ts';
import type { Desk } from '../src/state/desk.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { desk, row } from './world.ts';

const lucia = row(1042, { customer: { id: 1, name: 'Lucía Ramos', email: null, verified: true, visitor: 7 } });

beforeEach(() => (session.me = desk([]).me));

test('places are filled for the customer, and stand as they were written in a note', () => {
  expect(outgoing('Hola, {{customer.first_name}}', 'answer', lucia)).toEqual({ words: 'Hola, Lucía', draft: 'Hola, {{customer.first_name}}', room: null, fault: null });
  expect(outgoing('Hola, {{customer.first_name}}', 'note', lucia).words).toBe('Hola, {{customer.first_name}}');
  expect(outgoing('Hola', 'answer', lucia).draft).toBe(undefined);
  expect(outgoing('{{customer.email}}', 'answer', lucia).fault).not.toBe(null);
});

test('what counts is what goes, and not what was typed', () => {
  const typed = `${'a'.repeat(64 * 1024 - 20)}{{customer.name}}`;
  expect([outgoing(typed, 'answer', lucia).room, outgoing(typed, 'note', lucia).room]).toEqual([20 - 'Lucía Ramos'.length - 1, 3]);
  const long = { ...lucia, customer: { ...lucia.customer, name: 'b'.repeat(30) } };
  expect([outgoing(typed, 'answer', long).room, outgoing(typed, 'answer', long).fault === null]).toEqual([-10, false]);
});

test('the text for files goes filled in, too, and with what it was written as', () => {
  const gone: unknown[] = [];
  const texts = { get: () => 'Para {{customer.first_name}} ', clear: () => undefined, files: { of: () => [] } };
  const staged = { drafts: texts, sender: { send: (_: number, text: string, { draft }: { draft?: string }) => gone.push([text, draft]) } } as unknown as Desk;
  const open = { id: 1042, model: { conversation: lucia, visitor: {} }, quotation: { take: () => ({}) } } as unknown as OpenConversation;
  expect(captionIn(staged, open, 'answer').words).toBe('Para Lucía');
  sendWaiting(staged, open, 'answer');
  expect(gone).toEqual([['Para Lucía', 'Para {{customer.first_name}}']]);
});
