/** What is done with single messages of the thread, by keys. */
import type { Afterwards } from '../desk/afterwards.svelte.ts';
import type { Scene } from './scene.svelte.ts';
import type { Command } from './table.ts';

/** Where something is done with the message one is at; false where one is at none. */
const does =
  (deed: (afterwards: Afterwards) => boolean | void) =>
  ({ screen }: Scene): boolean =>
    screen?.afterwards ? deed(screen.afterwards) !== false : false;

export const MESSAGES: readonly Command[] = [
  {
    id: 'message',
    label: 'keys.message',
    group: 'conversation',
    keys: ['m'],
    available: ({ screen }) => screen?.afterwards != null,
    run: does(({ acting }) => acting.enter()),
  },
  { id: 'message-step', label: 'keys.messageStep', group: 'conversation', keys: ['ArrowUp', 'ArrowDown'], keysOnly: true },
  { id: 'quote', label: 'keys.quote', group: 'conversation', keys: ['q'], keysOnly: true, run: does((one) => one.quote()) },
  {
    id: 'copy',
    label: 'keys.copy',
    group: 'conversation',
    keys: ['y'],
    keysOnly: true,
    run: does((one) => (one.acting.entry ? void one.copy() : false)),
  },
  { id: 'edit', label: 'keys.edit', group: 'conversation', keys: ['w'], keysOnly: true, run: does((one) => one.edit()) },
  { id: 'delete', label: 'keys.delete', group: 'conversation', keys: ['d'], keysOnly: true, run: does((one) => one.askDelete()) },
  { id: 'before', label: 'keys.before', group: 'conversation', keys: ['h'], keysOnly: true, run: does((one) => one.look()) },
];
