/**
 * A site's brand colour made readable: which ink on it, and whether it stands out from the ground.
 *
 * Contrast as WCAG 2 counts it, from relative luminance in sRGB.
 */
export type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const FALLBACK: Rgb = [67, 82, 217];

/** Channels 0 to 255 of `#rrggbb`; a quiet blue where it is anything else. */
export function parseColour(text: string): Rgb {
  if (!/^#[0-9a-f]{6}$/i.test(text)) return FALLBACK;
  const value = parseInt(text.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const part = channel / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}

/** From 1 (the same) to 21 (black on white). */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** White where that reaches 4.5 on the colour, black otherwise, which then does: a softer black would not always. */
export function inkOn(fill: Rgb): Rgb {
  return 1.05 / (luminance(fill) + 0.05) >= 4.5 ? WHITE : BLACK;
}

export function css(rgb: Rgb): string {
  return `rgb(${rgb.join(' ')})`;
}
