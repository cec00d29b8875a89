/** The page on which one chooses what notifies one: each choice holds as soon as it is made. */
import type { Choices, Chosen, NoticesState } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { chosen } from './choices.svelte.ts';
import { watch } from './connection.svelte.ts';
import { Fetched } from './fetched.svelte.ts';

export class NotifyingState extends Fetched<NoticesState> {
  /** What has changed elsewhere is fetched anew: the same choices on another page, or an admin's for all. */
  readonly connection = watch(this.load, (event) => {
    if (event.type === 'notices.changed' && event.notices.at > (this.found?.notices.at ?? 0)) void this.load();
  });

  constructor() {
    super('/notices');
  }

  /** What holds, as far as this page knows. */
  get choices(): Choices {
    return { ...this.found!.defaults, ...this.found!.chosen };
  }

  /** Whether any of these is my own, and not what holds for all. */
  isOwn(...fields: (keyof Choices)[]): boolean {
    return fields.some((field) => this.found?.chosen[field] !== undefined);
  }

  choose = (patch: Partial<Choices>): Promise<void> => this.put({ ...this.found!.chosen, ...patch });

  /** These again as they are for all. */
  async giveUp(...fields: (keyof Choices)[]): Promise<void> {
    const rest = Object.entries(this.found!.chosen).filter(([field]) => !fields.includes(field as keyof Choices));
    await this.put(Object.fromEntries(rest) as Chosen);
  }

  setZone = (zone: string): Promise<void> => this.change({ zone });

  /** Quiet hours are meant where I am: the first time, where this browser is. */
  async quiet(quiet: Choices['quiet']): Promise<void> {
    const { zone } = this.found!.notices;
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    await this.change({ chosen: { ...this.found!.chosen, quiet }, ...(zone === null && quiet !== null ? { zone: here } : {}) });
  }

  /** Sends me one now; refused with why it did not arrive. */
  test = (way: 'push' | 'email'): Promise<void> => call('POST', '/notices/test', { way });

  removeBrowser = (id: number): Promise<void> => call('DELETE', `/push/${id}`);

  private put = (next: Chosen): Promise<void> => this.change({ chosen: next });

  /** Shown at once, and as it was where the server refuses it. */
  private async change(patch: { chosen?: Chosen; zone?: string }): Promise<void> {
    const before = this.found!;
    this.found = { ...before, chosen: patch.chosen ?? before.chosen };
    try {
      const state = await call<NoticesState>('PATCH', '/notices', patch);
      this.found = state;
      chosen.take(state.notices);
    } catch (error) {
      this.found = before;
      throw error;
    }
  }
}
