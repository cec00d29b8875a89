/** Which of my departments the lists show; null: all of them. Kept in this browser, for each operator who uses it. */
import { session } from './session.svelte.ts';

const key = (): string => `recado:department:${session.me?.id ?? 0}`;

function remembered(): number | null {
  try {
    return Number(localStorage.getItem(key())) || null;
  } catch {
    return null;
  }
}

let chosen = $state.raw<number | null>(null);
let of = $state.raw<number | null>(null);

/** What was chosen, as long as it is one of several departments of mine. */
export const departmentFilter = {
  get department(): number | null {
    const me = session.me;
    if (!me || me.departments.length < 2 || of !== me.id) return null;
    return me.departments.some(({ id }) => id === chosen) ? chosen : null;
  },
  /** Takes over what this browser remembers of whoever is signed in. */
  recall(): void {
    of = session.me?.id ?? null;
    chosen = remembered();
  },
  choose(department: number | null): void {
    chosen = department;
    try {
      if (department === null) localStorage.removeItem(key());
      else localStorage.setItem(key(), String(department));
    } catch {
      // Without storage it is forgotten with the page.
    }
  },
};
