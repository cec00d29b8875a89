/** The team as its supervisor sees it: fetched, and fetched again soon after anything that was told may have changed it. */
import type { Colleague, ConsoleEvent, Team, TeamConversation } from '@recado/shared/wire.ts';
import { watch } from './connection.svelte.ts';
import { Fetched } from './fetched.svelte.ts';
import { Soon } from './soon.ts';

/** So long after the first event that may have changed something, however many follow. */
const AFTER_MS = 1_000;
/** Who comes and goes, and what a colleague closes, is told to nobody: it is looked at so often, while the page is seen. */
const EVERY_MS = 30_000;

/** What is over when it has been seen: nothing of what is shown here has changed. */
const PASSING: readonly ConsoleEvent['type'][] = ['typing', 'looking', 'thread.read', 'visitor.presence', 'store.changed'];

export class TeamState {
  private readonly fetched = new Fetched<Team>('/team');
  readonly load = this.fetched.load;
  readonly connection = watch(
    () => this.load(),
    (event) => this.heard(event),
  );
  /** Where everybody and everything stood when the pointer or the focus came among them; null while neither is there. */
  private places: ReadonlyMap<string, number> | null = $state.raw(null);
  private readonly soon = new Soon(() => void this.load(), () => AFTER_MS);
  private regular: ReturnType<typeof setInterval> | undefined;

  get team(): Team | null {
    return this.fetched.found;
  }

  get failed(): boolean {
    return this.fetched.failed;
  }

  start(): void {
    this.connection.start();
    this.regular = setInterval(() => {
      if (!document.hidden && this.connection.well) void this.load();
    }, EVERY_MS);
  }

  stop(): void {
    this.connection.stop();
    clearInterval(this.regular);
    this.soon.stop();
  }

  /** What an operator attends in my departments: those whose customers have waited longest for an answer first. */
  heldBy(operator: number): TeamConversation[] {
    const due = (one: TeamConversation): number => one.answer_due_since ?? Infinity;
    const ranked = (this.team?.conversations ?? [])
      .filter((one) => one.operator === operator)
      .sort((a, b) => due(a) - due(b) || b.last_at - a.last_at);
    return this.inPlace('conversation', ranked);
  }

  /** Those who are there first, and of them those who attend most. */
  get people(): Colleague[] {
    const ranked = [...(this.team?.operators ?? [])].sort(
      (a, b) => Number(b.online) - Number(a.online) || b.attending - a.attending,
    );
    return this.inPlace('operator', ranked);
  }

  /** Somebody is among the rows: none moves from under what they aim at, though what it says goes on changing. */
  hold(): void {
    if (this.places !== null) return;
    const held = this.people.flatMap(({ id }) => this.heldBy(id)).map(({ id }) => `conversation ${id}`);
    const shown = [...this.people.map(({ id }) => `operator ${id}`), ...held];
    this.places = new Map(shown.map((key, index) => [key, index]));
  }

  /** They have left: the order is what it should be. */
  settle(): void {
    this.places = null;
  }

  /** As ranked, or where they stood; what has come since is last. */
  private inPlace<T extends { id: number }>(kind: string, ranked: T[]): T[] {
    const { places } = this;
    if (places === null) return ranked;
    const place = ({ id }: T): number => places.get(`${kind} ${id}`) ?? places.size;
    return ranked.sort((a, b) => place(a) - place(b));
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

  private heard(event: ConsoleEvent): void {
    if (!PASSING.includes(event.type)) this.soon.ask();
  }
}
