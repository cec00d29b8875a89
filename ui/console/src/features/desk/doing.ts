/** What one does with a conversation, from a button or by a key: done, told in a few words, and taken back where that is cheap. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { Alerts, ConversationRow } from '@recado/shared/wire.ts';
import { tick } from 'svelte';
import { chosen } from '../../state/choices.svelte.ts';
import { find } from '../../state/desk-model.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { soon, t, type Key } from '../../state/language.svelte.ts';
import * as moves from '../../state/moves.ts';
import type { Along } from '../../state/note-along.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { router } from '../../state/router.svelte.ts';
import { isSupervisor } from '../../state/services.ts';
import { session } from '../../state/session.svelte.ts';

type Asked = Promise<ConversationRow | null>;

/** Whether a conversation is as it was then, for all that is known: with the same operator, in the same list. */
function stands({ model }: Desk, row: ConversationRow): boolean {
  const now = model ? find(model, row.id) : undefined;
  return now === undefined || (now.status === row.status && now.operator === row.operator);
}

/** False where somebody else was quicker, which is shown; throws other refusals. */
async function tried(desk: Desk, id: number, asked: Asked, text: string, undo?: () => unknown): Promise<boolean> {
  try {
    if (!(await desk.move(id, asked))) {
      // The pane says so where it is open; what is taken back by its notice may be anywhere else.
      if (desk.open?.id !== id) notices.warning(t('problem.taken'));
      return false;
    }
    const row = await asked;
    notices.done(text, undo && (() => void undo()), () => row === null || stands(desk, row));
    return true;
  } finally {
    void keepFocus();
  }
}

/** False where it was refused, which has been told. */
async function done(...what: Parameters<typeof tried>): Promise<boolean> {
  try {
    return await tried(...what);
  } catch (error) {
    notices.failure(error);
    return false;
  }
}

const me = (): number | null => session.me?.id ?? null;

/** What the page shows of a conversation's customer, for what is done in the knowledge of it. */
const heard = ({ open }: Desk, id: number): moves.Heard =>
  open?.id === id && open.model ? { inbound_count: open.model.conversation.inbound_count } : {};

export const claim = (desk: Desk, id: number): Promise<boolean> =>
  done(desk, id, moves.claim(id), t('did.claimed'), () => release(desk, id, me()));

/** From its owner: as the page shows it, where no other is said. */
export const release = (desk: Desk, id: number, owner = desk.open?.model?.conversation.operator ?? null): Promise<boolean> =>
  done(desk, id, moves.release(id, owner), t('did.released'), () => claim(desk, id));

export const pause = (desk: Desk, id: number, until: number | null): Promise<boolean> =>
  done(...pausing(desk, id, until));

/** The same from the dialog, which shows a refusal itself. */
export const pauseUntil = (desk: Desk, id: number, until: number | null): Promise<boolean> =>
  tried(...pausing(desk, id, until));

function pausing(desk: Desk, id: number, until: number | null): Parameters<typeof tried> {
  const text = until === null ? t('did.paused') : t('did.pausedUntil', { until: soon(until) });
  return [desk, id, moves.pause(id, until, heard(desk, id)), text, () => resume(desk, id)];
}

export const resume = (desk: Desk, id: number): Promise<boolean> => done(desk, id, moves.resume(id), t('did.resumed'));

export const close = (desk: Desk, id: number): Promise<boolean> =>
  done(desk, id, moves.close(id, heard(desk, id)), t('desk.closedNotice'), () => reopen(desk, id));

/** The same from the dialog, which shows a refusal itself. */
export const closeWith = (desk: Desk, id: number, reason: number | null, along: Along): Promise<boolean> =>
  tried(desk, id, moves.close(id, heard(desk, id), reason, along), t('desk.closedNotice'), () => reopen(desk, id));

export const reopen = (desk: Desk, id: number): Promise<boolean> =>
  done(desk, id, moves.reopen(id), t('did.reopened'));

/** Begins to write first to the customer of a conversation that has ended: nothing is stored before it is created. */
export function start(desk: Desk, row: ConversationRow): void {
  desk.fresh.address(row);
  router.go('/desk/new');
}

/** Throws refusals, for the dialog. */
export const block = (desk: Desk, id: number, network: boolean, reason: string | null): Promise<boolean> =>
  tried(desk, id, moves.block(id, network, reason), t('did.blocked'));

/** `to`: what the goal is called. Whoever hands a conversation to a colleague goes back to their list. Throws refusals, for the dialog. */
export async function transfer(desk: Desk, id: number, goal: moves.Transfer, to: string): Promise<boolean> {
  const moved = await tried(desk, id, moves.transfer(id, goal), t('did.transferred', { to }));
  if (moved && desk.open?.id === id && desk.open.model === null) router.go('/desk');
  return moved;
}

/**
 * Whether I may look into the conversation that a colleague attends. Where it is not known which of my departments it is in,
 * only where that goes for all of them. The server has the last word.
 */
export function mayLookIn({ open, model }: Desk): boolean {
  if (!session.me || !isSupervisor(session.me) || open?.phase !== 'taken' || !model) return false;
  const known = open.department === null ? [...model.rules.values()] : [model.rules.get(open.department)];
  return known.length > 0 && known.every((rules) => rules?.look_in);
}

/** Reads what a colleague attends, from now on until one looks away. */
export async function lookIn(desk: Desk, id: number): Promise<void> {
  try {
    await moves.lookIn(id);
    if (desk.open?.id !== id) return;
    // Where an event was quicker, it is being loaded already: to leave it once more would end the look-in.
    await desk.comeBack(id);
    void keepFocus();
  } catch (error) {
    lookRefused(error);
  }
}

/** That a colleague attends it was known before: here it says that one may not look. */
export function lookRefused(error: unknown): void {
  if (error instanceof ApiProblem && error.code === 'taken') notices.warning(t('look.refused'));
  else notices.failure(error);
}

export async function lookAway(desk: Desk, id: number): Promise<void> {
  try {
    await moves.lookAway(id);
    if (desk.open?.id === id) router.go('/desk');
    notices.done(t('did.lookedAway'));
  } catch (error) {
    notices.failure(error);
  }
}

/** What had the focus may have gone with what was done: it goes on to the conversation, or to its list. */
async function keepFocus(): Promise<void> {
  await tick();
  // A dialog gives the focus back only when it has left.
  await new Promise((resolve) => requestAnimationFrame(resolve));
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  const next = document.querySelector<HTMLElement>('[data-thread-title]') ?? document.querySelector<HTMLElement>('[role=tab][aria-selected=true]');
  next?.focus();
}

/** The ways to put a conversation aside until a moment, in microseconds; those that make no sense now are left out. */
export function pauseTimes(now: number): { label: Key; until: number }[] {
  const today = new Date(now / 1000);
  const at = (days: number, hour: number): number =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + days, hour).getTime() * 1000;
  const monday = ((8 - today.getDay()) % 7) || 7;
  return [
    { label: 'pause.hour' as const, until: now + 3_600_000_000 },
    ...(today.getHours() < 15 ? [{ label: 'pause.afternoon' as const, until: at(0, 16) }] : []),
    { label: 'pause.tomorrow' as const, until: at(1, 9) },
    ...(monday > 1 ? [{ label: 'pause.monday' as const, until: at(monday, 9) }] : []),
  ];
}

/** What of a conversation notifies me. */
export async function hear(id: number, alerts: Alerts): Promise<void> {
  const before = chosen.alertsOf(id);
  await chosen.hear(id, alerts).then(() => notices.done(t(`talk.did.${alerts}`), () => void hear(id, before)), notices.failure);
}

/** I have heard that it waits: it rings no more, for anybody. */
export const acknowledge = (desk: Desk, id: number): Promise<boolean> => done(desk, id, moves.acknowledge(id), t('did.acknowledged'));
