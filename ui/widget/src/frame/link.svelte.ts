/** How the connection stands, as the page shows it. */
import type { LiveState } from '@recado/shared/live.ts';

export class Link {
  state: LiveState = $state.raw('connecting');
  /** When the next attempt is due, in milliseconds; 0 while none is planned. */
  retryAt = $state.raw(0);
  /** The browser itself says that there is no network. */
  offline = $state.raw(!navigator.onLine);

  constructor() {
    addEventListener('online', () => (this.offline = false));
    addEventListener('offline', () => (this.offline = true));
  }

  set(state: LiveState, retryInMs?: number): void {
    this.state = state;
    this.retryAt = retryInMs === undefined ? 0 : Date.now() + retryInMs;
  }

  /** True while what happens elsewhere arrives here, by socket or by asking. */
  get well(): boolean {
    return !this.offline && (this.state === 'live' || this.state === 'polling');
  }
}
