/** The beginning of an answer, shown beside the launcher while the chat is closed. */
import type { WidgetEntry } from '@recado/shared/wire.ts';
import type { Host } from './host.ts';

export class Peek {
  /** The answer that is shown; null for none. */
  entry: WidgetEntry | null = $state.raw(null);
  readonly #host: Host;
  #dismissed: WidgetEntry | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Shows an answer, unless it has been looked away from. */
  show(entry: WidgetEntry | null): void {
    this.entry = entry === this.#dismissed ? null : entry;
  }

  /** It takes this much room; 0 where nothing is shown. */
  measured(height: number): void {
    this.#host.tell({ type: 'peek', height });
  }

  dismiss(): void {
    this.#dismissed = this.entry;
    this.entry = null;
  }

  /** The visitor wants to see all of it. */
  follow(): void {
    this.#host.tell({ type: 'open' });
  }
}
