/** What automatic assignment would hand out at once, as the server counts it, while somebody is about to switch it on. */
import type { Assignment, Backlog } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { Latest } from './latest.ts';

const EVERY_MS = 5_000;

export class BacklogLook {
  /** Null while it is not known how many they are. */
  known = $state.raw<Backlog | null>(null);
  private readonly latest = new Latest();

  /** Asks for a department's by the rule that is `wanted`, and again every few seconds, while the component lives that calls this. */
  follow(department: number, wanted: () => Assignment): void {
    const rule = $derived(wanted());
    const look = (): void => {
      if (document.hidden) return;
      const asked = call<Backlog>('GET', `/departments/${department}/backlog?rule=${rule}`);
      const take = (found: Backlog | null): void => void (this.known = found);
      void this.latest.run(asked, take, () => take(null));
    };
    $effect(() => {
      if (rule === 'manual') return;
      look();
      const looking = setInterval(look, EVERY_MS);
      return () => {
        clearInterval(looking);
        this.known = null;
      };
    });
  }
}
