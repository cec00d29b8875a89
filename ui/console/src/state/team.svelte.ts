/** The team as its supervisor sees it: fetched, and fetched again soon after anything that was told may have changed it. */
import { connect, type Live, type LiveState } from '@recado/shared/live.ts';
import type { Colleague, ConsoleEvent, Me, Team, TeamConversation } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { session } from './session.svelte.ts';

/** So long after the first event that may have changed something, however many follow. */
const AFTER_MS = 1_000;
/** Who comes and goes, and what a colleague closes, is told to nobody: it is looked at so often, while the page is seen. */
const EVERY_MS = 30_000;
const UNTOUCHED: readonly ConsoleEvent['type'][] = ['hello', 'pong', 'typing', 'looking', 'thread.read', 'visitor.presence', 'store.changed'];

export class TeamState {
  team = $state.raw<Team | null>(null);
  failed = $state(false);
  connection = $state<{ state: LiveState; retryAt: number | null }>({ state: 'connecting', retryAt: null });
  readonly outdated = false;
  /** The server cannot store anything now: nothing can be moved. */
  unstored = $state(false);
  private live: Live | null = null;
  private soon: ReturnType<typeof setTimeout> | undefined;
  private regular: ReturnType<typeof setInterval> | undefined;
  private turn = 0;

  /** For the line that tells of the connection: whether there is something on the page. */
  get model(): Team | null {
    return this.team;
  }

  start(): void {
    this.live = connect({
      url: '/api/v1/console/socket',
      onEvent: (event) => this.heard(event as unknown as ConsoleEvent),
      onState: (state, retryInMs) => {
        this.connection = { state, retryAt: state === 'waiting' ? Date.now() + (retryInMs ?? 0) : null };
        if (state !== 'live') this.unstored = false;
      },
      refetch: async (_, isCurrent) => {
        const me = await call<Me>('GET', '/session');
        if (isCurrent() && me.id === session.me?.id) await session.show(me);
        await this.load();
      },
      onClose: (code) => this.closed(code),
    });
    this.regular = setInterval(() => document.hidden || void this.load(), EVERY_MS);
  }

  stop(): void {
    this.live?.close();
    this.live = null;
    clearInterval(this.regular);
    clearTimeout(this.soon);
    this.soon = undefined;
  }

  retryNow = (): void => this.live?.retryNow();

  load = async (): Promise<void> => {
    const turn = (this.turn += 1);
    this.failed = false;
    try {
      const team = await call<Team>('GET', '/team');
      if (turn === this.turn) this.team = team;
    } catch {
      if (turn === this.turn) this.failed = this.team === null;
    }
  };

  /** What an operator attends in my departments: those whose customers have waited longest for an answer first. */
  heldBy(operator: number): TeamConversation[] {
    const due = (one: TeamConversation): number => one.answer_due_since ?? Infinity;
    return (this.team?.conversations ?? [])
      .filter((one) => one.operator === operator)
      .sort((a, b) => due(a) - due(b) || b.last_at - a.last_at);
  }

  /** Those who are there first, and of them those who attend most. */
  get people(): Colleague[] {
    return [...(this.team?.operators ?? [])].sort(
      (a, b) => Number(b.online) - Number(a.online) || b.attending - a.attending,
    );
  }

  name(operator: number): string | null {
    return this.team?.operators.find(({ id }) => id === operator)?.name ?? null;
  }

  /** Does something that changes the team, and shows what has become of it. */
  async doing(asked: Promise<unknown>): Promise<void> {
    try {
      await asked;
    } finally {
      await this.load();
    }
  }

  private heard(event: ConsoleEvent): 'gap' | void {
    if (event.type === 'people.changed' || event.type === 'settings.changed') return 'gap';
    if (event.type === 'person.changed' && event.person.id === session.me?.id) void session.known(event.person);
    if (event.type === 'store.changed') this.unstored = !event.well;
    if (UNTOUCHED.includes(event.type)) return;
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      void this.load();
    }, AFTER_MS);
  }

  private closed(code: number): void {
    if (code !== 4401) return;
    this.stop();
    session.renewed().then(
      () => this.start(),
      () => undefined,
    );
  }
}
