/** The other pages of this origin, by a name; null where the browser denies them to a frame, as it denies storage. */
export function openChannel(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}
