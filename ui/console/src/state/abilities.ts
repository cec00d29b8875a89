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
  /** Write first to its customer, in another conversation. */
  start: boolean;
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
    start: inside && row.status === 'closed',
    block: waiting || held || (mine && row.status === 'closed'),
    lookAway: looksIn,
  };
}

/** What may stand in the way of what is mine to do, and goes by itself or by somebody else; the words are the refusal's. */
export interface Circumstances {
  /** I attend as many as I may. */
  full: boolean;
  /** The visitor may not write any more. */
  blocked: boolean;
  /** The customer has another conversation open. */
  otherOpen: boolean;
}

export type Obstacle = 'full' | 'blocked' | 'other_open';

/** Why something that is mine to do would be refused as things are. */
export function obstacleTo(deed: keyof Abilities, row: ConversationRow, now: Circumstances): Obstacle | null {
  const again = deed === 'reopen' || deed === 'start';
  if (again && now.blocked) return 'blocked';
  if (again && now.otherOpen) return 'other_open';
  const takesOn = again || deed === 'claim' || deed === 'resume' || (deed === 'answer' && row.status === 'waiting');
  return takesOn && now.full ? 'full' : null;
}

/** The mode in which the composer stands: where I may not answer, notes are all that can be written. */
export function modeOf(abilities: Abilities, wanted: Mode): Mode {
  return abilities.answer ? wanted : 'note';
}
