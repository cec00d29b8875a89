/** The page on which one chooses what notifies one: each choice holds as soon as it is made. */
import type { Choices, Chosen, NoticesState } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { chosen } from './choices.svelte.ts';
import { watch } from './connection.svelte.ts';
import { Fetched } from './fetched.svelte.ts';

type Change = (chosen: Chosen) => Chosen;

export class NotifyingState extends Fetched<NoticesState> {
  /** What is on its way, in the order in which it was chosen: one after the other, each on top of what is stored then. */
  private pending = $state.raw<readonly Change[]>([]);
  private turn: Promise<unknown> = Promise.resolve();

  override load = async (): Promise<boolean> => {
    this.failed = false;
    const fail = (): void => void (this.failed = this.found === null);
    return (await this.latest.run(call<NoticesState>('GET', '/notices'), (state) => this.meet(state), fail)) || this.found === null;
  };

  /** What has changed elsewhere is fetched anew: the same choices on another page, or an admin's for all. */
  readonly connection = watch(this.load, (event) => {
    if (event.type === 'notices.changed' && this.pending.length === 0) void this.load();
  });

  constructor() {
    super('/notices');
  }

  private get chosen(): Chosen {
    return this.pending.reduce((so, change) => change(so), this.found!.chosen);
  }

  /** What holds, as far as this page knows. */
  get choices(): Choices {
    return { ...this.found!.defaults, ...this.chosen };
  }

  /** Whether any of these is my own, and not what holds for all. */
  isOwn(...fields: (keyof Choices)[]): boolean {
    return fields.some((field) => this.chosen[field] !== undefined);
  }

  choose = (patch: Partial<Choices>): Promise<void> => this.change((so) => ({ ...so, ...patch }));

  /** These again as they are for all. */
  giveUp = (...fields: (keyof Choices)[]): Promise<void> =>
    this.change((so) => Object.fromEntries(Object.entries(so).filter(([field]) => !fields.includes(field as keyof Choices))) as Chosen);

  setZone = (zone: string): Promise<void> => this.change((so) => so, zone);

  /** Quiet hours are meant where I am: the first time, where this browser is. */
  quiet(quiet: Choices['quiet']): Promise<void> {
    const anew = this.found!.notices.zone === null && quiet !== null;
    return this.change((so) => ({ ...so, quiet }), anew ? Intl.DateTimeFormat().resolvedOptions().timeZone : undefined);
  }

  /** Sends me one now; refused with why it did not arrive. */
  test = (way: 'push' | 'email'): Promise<void> => call('POST', '/notices/test', { way });

  removeBrowser = (id: number): Promise<void> => call('DELETE', `/push/${id}`);

  /** Shown at once, and as it was where the server refuses it. */
  private change(make: Change, zone?: string): Promise<void> {
    this.pending = [...this.pending, make];
    const asked = this.turn.then(async () => {
      try {
        const next = make(this.found!.chosen);
        const state = await call<NoticesState>('PATCH', '/notices', { chosen: next, ...(zone === undefined ? {} : { zone }) });
        this.meet(state);
        chosen.take(state.notices);
      } finally {
        this.pending = this.pending.filter((one) => one !== make);
      }
    });
    this.turn = asked.catch(() => undefined);
    return asked;
  }

  /** What a fetch or an answer says; one may be older than the other. */
  private meet(state: NoticesState): void {
    if (this.found === null || state.notices.at >= this.found.notices.at) this.found = state;
  }
}
