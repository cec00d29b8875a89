/** One's own account beside what the session knows of it: where one is signed in, and the password. */
import type { SessionItem } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { watch } from './connection.svelte.ts';
import { Fetched } from './fetched.svelte.ts';

export class AccountState {
  readonly sessions = new Fetched<readonly SessionItem[]>('/me/sessions');
  readonly connection = watch(this.sessions.load);

  start(): void {
    this.connection.start();
  }

  stop(): void {
    this.connection.stop();
  }

  /** Also where it has ended by itself meanwhile, it is gone from the list. */
  async end(id: string): Promise<void> {
    await call('DELETE', `/me/sessions/${id}`).finally(this.sessions.load);
  }

  async endOthers(): Promise<void> {
    await call('DELETE', '/me/sessions').finally(this.sessions.load);
  }

  /** All other sessions end with it. */
  async changePassword(current: string, password: string): Promise<void> {
    await call('PUT', '/me/password', { current, password });
    await this.sessions.load();
  }
}
