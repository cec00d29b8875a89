/** Keeps a page beside the desk true: fetched at first, when the team or the settings change, and after every gap. */
import { connect, type Live } from '@recado/shared/live.ts';
import type { Me } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { session } from './session.svelte.ts';

export class Watch {
  private readonly refetch: () => Promise<unknown>;
  private live: Live | null = null;

  constructor(refetch: () => Promise<unknown>) {
    this.refetch = refetch;
  }

  start(): void {
    void this.refetch();
    this.live = connect({
      url: '/api/v1/console/socket',
      onEvent: ({ type }) => (type === 'people.changed' || type === 'settings.changed' ? 'gap' : undefined),
      onState: () => undefined,
      refetch: async (_, isCurrent) => {
        const me = await call<Me>('GET', '/session');
        if (isCurrent() && me.id === session.me?.id) await session.show(me);
        await this.refetch();
      },
      onClose: (code) => this.closed(code),
    });
  }

  stop(): void {
    this.live?.close();
    this.live = null;
  }

  /** The session has ended: this page goes on where it was once somebody has signed in again. */
  private closed(code: number): void {
    if (code !== 4401) return;
    this.stop();
    session.renewed().then(
      () => this.start(),
      () => undefined,
    );
  }
}
