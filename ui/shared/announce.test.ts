/** What is read out, and what is taken back because it is so no more. */
import { expect, test } from 'vitest';
import { announce, announced, unsay } from './announce.svelte.ts';

test('what is not so any more is taken back, and nothing that was said since', () => {
  announce('Bruno atiende este chat');
  unsay('Bruno atiende este chat');
  expect(announced.text).toBe('');
  announce('Bruno atiende este chat');
  announce('Enviado');
  unsay('Bruno atiende este chat');
  expect(announced.text).toBe('Enviado');
});
