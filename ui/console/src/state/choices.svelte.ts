/** What notifies me and how, as every page of mine goes by it. */
import type { NoticesNow } from '@recado/shared/wire.ts';

/** As the desk is when nobody has chosen anything. */
export const BUILT_IN: NoticesNow = {
  choices: {
    customers: 'all',
    internal: 'all',
    sounds: { waiting: 'bell', mine: 'chime', internal: 'drop', mention: 'knock' },
    push: true,
    email: true,
    quiet: null,
  },
  zone: null,
  dnd_until: null,
  alerts: {},
  at: 0,
};

let now = $state.raw(BUILT_IN);

export const chosen = {
  get now(): NoticesNow {
    return now;
  },
  /** What a fetch or an event says; one may be older than the other. */
  take: (next: NoticesNow): void => void (now = next.at < now.at ? now : next),
  /** Of somebody who has signed out nothing is gone by. */
  forget: (): void => void (now = BUILT_IN),
};
