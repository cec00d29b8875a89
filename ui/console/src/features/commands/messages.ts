/** What is done with single messages of the thread, by keys. */
import type { Command } from './table.ts';

export const MESSAGES: readonly Command[] = [
  {
    id: 'message',
    label: 'keys.message',
    group: 'conversation',
    keys: ['m'],
    available: ({ screen }) => screen?.acting != null,
    run: ({ screen }) => screen?.acting?.enter(),
  },
  { id: 'message-step', label: 'keys.messageStep', group: 'conversation', keys: ['ArrowUp', 'ArrowDown'], keysOnly: true },
  {
    id: 'copy',
    label: 'keys.copy',
    group: 'conversation',
    keys: ['y'],
    keysOnly: true,
    run: ({ screen }) => (screen?.acting?.entry ? void screen.acting.copy() : false),
  },
];
