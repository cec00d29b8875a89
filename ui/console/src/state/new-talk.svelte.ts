/** A conversation with colleagues that does not exist yet. */
import type { DirectItem, DirectSent } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { Unborn, type Born } from './unborn.svelte.ts';

interface Talk {
  readonly people: readonly number[];
  readonly name: string;
  readonly body: string;
}

export class NewTalk extends Unborn<Talk> {
  /** What the same people have already: offered, never forced. */
  offered = $state.raw<readonly DirectItem[]>([]);
  private asked = 0;

  constructor(me: number) {
    super('new-talk', me, { people: [], name: '', body: '' });
  }

  get people(): readonly number[] {
    return this.words.people;
  }

  get name(): string {
    return this.words.name;
  }

  set name(name: string) {
    this.put({ ...this.words, name });
  }

  override begin(): void {
    super.begin();
    void this.look();
  }

  add(...people: readonly number[]): void {
    this.withPeople([...new Set([...this.people, ...people])]);
  }

  remove(person: number): void {
    this.withPeople(this.people.filter((one) => one !== person));
  }

  private withPeople(people: readonly number[]): void {
    this.put({ ...this.words, people });
    this.veil();
    void this.look();
  }

  override discard(): void {
    this.veil();
    super.discard();
  }

  create(): Promise<Born<DirectSent>> {
    return this.bear(({ people, name, body }, client_id) =>
      call('POST', '/directs', { client_id, people, body: body.trim(), name: name.trim() || null }),
    );
  }

  /** What others have said is offered no longer. */
  veil(): void {
    this.asked += 1;
    this.offered = [];
  }

  /** Whether the same people have one. */
  async look(): Promise<void> {
    if (this.people.length === 0) return;
    const asked = (this.asked += 1);
    const query = this.people.map((id) => `people=${id}`).join('&');
    const found = await call<DirectItem[]>('GET', `/directs/with?${query}`).catch(() => []);
    if (asked === this.asked) this.offered = found;
  }
}
