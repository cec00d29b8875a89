/** What I may do with a conversation as it stands. Buttons, keys and the composer ask here; the server has the last word. Pure. */
import type { ConversationRow, Mode } from '@recado/shared/wire.ts';

export interface Abilities {
  /** Write to the customer; a note may be written by whoever reads the conversation. */
  answer: boolean;
  claim: boolean;
  transfer: boolean;
  pause: boolean;
  resume: boolean;
  release: boolean;
  close: boolean;
  reopen: boolean;
  block: boolean;
  lookAway: boolean;
}

export type Deed = Exclude<keyof Abilities, 'answer'>;

/** `inside`: I belong to the department where it is; who was moved out of it reads on what they have closed there. */
export function abilitiesOf(row: ConversationRow, me: number, lookers: readonly number[], inside = true): Abilities {
  const mine = row.operator === me;
  const waiting = row.status === 'waiting';
  const held = mine && (row.status === 'attending' || row.status === 'paused');
  // Who looks in supervises the department, and may move what is attended there.
  const looksIn = !mine && lookers.includes(me);
  return {
    answer: waiting || held,
    claim: waiting,
    transfer: waiting || held || looksIn,
    pause: mine && row.status === 'attending',
    resume: mine && row.status === 'paused',
    release: held || looksIn,
    close: held,
    reopen: mine && inside && row.status === 'closed',
    block: waiting || held || (mine && row.status === 'closed'),
    lookAway: looksIn,
  };
}

/** The mode in which the composer stands: where I may not answer, notes are all that can be written. */
export function modeOf(abilities: Abilities, wanted: Mode): Mode {
  return abilities.answer ? wanted : 'note';
}
