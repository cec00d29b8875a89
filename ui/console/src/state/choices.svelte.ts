/** What notifies me and how, as every page of mine goes by it. */
import type { Alerts, Choices, ConsoleEvent, NoticesNow, NoticesState } from '@recado/shared/wire.ts';
import { call, once } from './backend.ts';
import { Latest } from './latest.ts';
import { time } from './time.svelte.ts';

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
  directs: {},
  at: 0,
};

let now = $state.raw(BUILT_IN);
const latest = new Latest();

export const chosen = {
  get now(): NoticesNow {
    return now;
  },
  get choices(): Choices {
    return now.choices;
  },
  /** Until when nothing is to disturb me; null where everything may. */
  get undisturbed(): number | null {
    return now.dnd_until !== null && now.dnd_until > time.now ? now.dnd_until : null;
  },
  /** What of a conversation with a customer notifies me. */
  alertsOf: (conversation: number): Alerts => now.alerts[conversation] ?? 'all',
  /** What a fetch or an event says; one may be older than the other. */
  take: (next: NoticesNow): void => void (now = next.at < now.at ? now : next),
  heard: (event: ConsoleEvent): void => {
    if (event.type === 'notices.changed') chosen.take(event.notices);
  },
  /** For a page that is not told of it with the rest. Where it cannot be had now, what was known stays. */
  load: (): Promise<boolean> => latest.run(once<NoticesState>('GET', '/notices'), ({ notices }) => chosen.take(notices), () => undefined),
  /** Lets nothing disturb me until then, null: again. */
  disturbNot: async (until: number | null): Promise<void> => chosen.take(await call<NoticesNow>('PUT', '/notices/dnd', { until })),
  hear: async (conversation: number, alerts: Alerts): Promise<void> =>
    chosen.take(await call<NoticesNow>('PUT', `/conversations/${conversation}/alerts`, { alerts })),
  /** Of somebody who has signed out nothing is gone by. */
  forget: (): void => void (now = BUILT_IN),
};
