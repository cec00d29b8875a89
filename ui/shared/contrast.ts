/** Whether text on a colour can be read, by the formula of WCAG 2. */

/** The contrast between two colours written #rrggbb, from 1 to 21; null where one is not such a colour. */
export function contrast(a: string, b: string): number | null {
  const [one, two] = [luminance(a), luminance(b)];
  if (one === null || two === null) return null;
  return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
}

/** White where it reaches 4.5 on `colour`, otherwise black, which then does. */
export function inkOn(colour: string): '#ffffff' | '#000000' {
  return (contrast(colour, '#ffffff') ?? 21) >= 4.5 ? '#ffffff' : '#000000';
}

export function isColour(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text);
}

function luminance(colour: string): number | null {
  if (!isColour(colour)) return null;
  const [red, green, blue] = [1, 3, 5].map((at) => linear(parseInt(colour.slice(at, at + 2), 16) / 255));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
