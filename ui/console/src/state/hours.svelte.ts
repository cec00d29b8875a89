/** Whether hours answer now, and until when: as the server reads them, also while they are being written. */
import type { Answers, Hours } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { time } from './time.svelte.ts';

const AFTER_MS = 250;

export class HoursLook {
  /** Null while it is not known, and for no hours at all, of which there is nothing to ask. */
  known = $state.raw<Answers | null>(null);

  /**
   * Keeps to the hours that `read` gives while the component lives that calls this: asked once nothing has been changed for a
   * moment, and again each minute, because what is open closes by itself.
   */
  follow(read: () => Hours | null): void {
    const written = $derived(JSON.stringify(read()));
    const minute = $derived(Math.floor(time.now / 60_000_000));
    $effect(() => {
      const hours = JSON.parse(written) as Hours | null;
      if (hours === null) {
        this.known = null;
        return;
      }
      void minute;
      let current = true;
      const timer = setTimeout(() => {
        call<Answers>('POST', '/hours/look', { hours }).then(
          (answer) => current && (this.known = answer),
          () => current && (this.known = null),
        );
      }, AFTER_MS);
      return () => {
        current = false;
        clearTimeout(timer);
      };
    });
  }
}
