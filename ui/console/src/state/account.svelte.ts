/** One's own account beside what the session knows of it: where one is signed in, and the password. */
import type { SessionItem } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { watch } from './connection.svelte.ts';
import { Latest } from './latest.ts';

export class AccountState {
  sessions = $state.raw<readonly SessionItem[] | null>(null);
  failed = $state(false);
  private readonly latest = new Latest();
  readonly connection = watch(() => this.load());

  start(): void {
    this.connection.start();
  }

  stop(): void {
    this.connection.stop();
  }

  /** False where what is shown may be out of date, and is to be asked for again. */
  async load(): Promise<boolean> {
    this.failed = false;
    const had = await this.latest.run(
      call<SessionItem[]>('GET', '/me/sessions'),
      (sessions) => (this.sessions = sessions),
      () => (this.failed = this.sessions === null),
    );
    return had || this.sessions === null;
  }

  /** Also where it has ended by itself meanwhile, it is gone from the list. */
  async end(id: string): Promise<void> {
    await call('DELETE', `/me/sessions/${id}`).finally(() => this.load());
  }

  async endOthers(): Promise<void> {
    await call('DELETE', '/me/sessions').finally(() => this.load());
  }

  /** All other sessions end with it. */
  async changePassword(current: string, password: string): Promise<void> {
    await call('PUT', '/me/password', { current, password });
    await this.load();
  }
}
