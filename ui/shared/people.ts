/** How people are drawn where there is no picture of them. */

/** Up to two initials of a name in any script, or "·" where there is none. */
export function initials(name: string | null): string {
  const words = (name ?? '').trim().split(/\s+/u).filter(Boolean);
  const first = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return first.map((word) => [...(word ?? '')][0]?.toLocaleUpperCase() ?? '').join('') || '·';
}

/** One of five colours, steady for the same seed. */
export function face(seed: string | number): number {
  let sum = 7;
  for (const char of String(seed)) sum = (sum * 31 + char.codePointAt(0)!) % 9973;
  return (sum % 5) + 1;
}

/** The first word of a name: what a conversation calls somebody by. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/u)[0] ?? name;
}
