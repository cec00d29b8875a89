/** Names that one tab of the browser holds at a time, and lets go of at the latest when it ends. */

/** Lets go of a name; others can have it once that is answered. */
export type LetGo = () => Promise<unknown>;

const nothing = (): Promise<void> => Promise.resolve();

/** Gives the way to let go of it; null where another holds it. Where the browser has no locks all may. */
export async function hold(name: string): Promise<LetGo | null> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return nothing;
  return new Promise((held) => {
    const within = async (lock: Lock | null): Promise<void> => {
      if (lock === null) return held(null);
      await new Promise<void>((free) => held(() => (free(), over)));
    };
    // A frame on another site may be denied it.
    const over = locks.request(name, { ifAvailable: true }, within).catch(() => held(nothing));
  });
}

/** Whether tabs can hold anything: where they cannot, what is held by none may be another one's all the same. */
export async function canHold(): Promise<boolean> {
  const locks = navigator.locks as LockManager | undefined;
  return (await locks?.request('recado', { mode: 'shared' }, () => true).catch(() => false)) ?? false;
}

/** Those that are held now, by whichever tab. */
export async function listHeld(): Promise<readonly string[]> {
  const locks = navigator.locks as LockManager | undefined;
  const { held } = (await locks?.query().catch(() => undefined)) ?? {};
  return (held ?? []).flatMap(({ name }) => name ?? []);
}
