/** What becomes of a recording that was handed over with its message: it goes from here with that, and comes back where that was lost. */
import { openKeep } from './keep.ts';

const LOOK_MS = 2_000;
/** So often is looked for a message that the page may still be reading from where it lies. */
const LOOKS = 5;
const followed = new Set<string>();

export interface Following {
  /** Whether its message lies in the outbox. */
  readonly there: () => boolean;
  /** Whether its message has been stored. */
  readonly stored: () => boolean;
  /** Nobody has its message: it is to be offered again. */
  readonly lost: () => unknown;
}

/** Looks after one, until its message is no longer in the outbox: sent, thrown away, or taken back. */
export function follow(id: string, { there, stored, lost }: Following): void {
  if (followed.has(id)) return;
  followed.add(id);
  let [seen, looks] = [false, 0];
  const look = async (): Promise<void> => {
    const lies = there();
    seen ||= lies;
    if (lies || (!seen && !stored() && ++looks < LOOKS)) return void setTimeout(look, LOOK_MS);
    // What is taken back just now is no longer handed over in a moment.
    await new Promise((passed) => setTimeout(passed, LOOK_MS));
    followed.delete(id);
    const keep = await openKeep();
    if (!(await keep.find(id))?.handed) return;
    if (seen || stored()) await keep.remove(id);
    else await lost();
  };
  setTimeout(look, LOOK_MS);
}
