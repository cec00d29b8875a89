/** What each direct conversation is to notify me of, on pages that have no lists of them, too: asked once, and then kept true. */
import type { Alerts, ConsoleEvent, DirectState } from '@recado/shared/wire.ts';
import { once } from './backend.ts';

export class TalkAlerts {
  private readonly known = new Map<number, Promise<Alerts>>();

  /** Where it cannot be asked now, it is as everything is that nobody has set otherwise. */
  of(id: number): Promise<Alerts> {
    const known = this.known.get(id) ?? this.ask(id);
    this.known.set(id, known);
    return known;
  }

  heard(event: ConsoleEvent): void {
    if (event.type === 'direct.own_changed') this.known.set(event.direct, Promise.resolve(event.own.alerts));
  }

  private async ask(id: number): Promise<Alerts> {
    try {
      const { own } = await once<DirectState>('GET', `/directs/${id}`);
      return own.alerts;
    } catch {
      this.known.delete(id);
      return 'all';
    }
  }
}
