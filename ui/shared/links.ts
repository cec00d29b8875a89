/**
 * Text with its web, mail and telephone addresses found. Everything else stays text; no other scheme ever becomes a link. Pure.
 *
 * Strangers write these texts, so the time must grow with their length alone.
 */
export interface Part {
  readonly text: string;
  /** Present where it is an address. */
  readonly href?: string;
}

const ADDRESS = /\b(?:https?:\/\/|mailto:|tel:\+?\d)[^\s<>"']+/giu;
const HOST = /./;
/** The schemes that lead anywhere, and what an address of each must have. */
const WHOLE: Record<string, RegExp> = { 'http:': HOST, 'https:': HOST, 'mailto:': /@/, 'tel:': /^\+?[\d().-]{3,}$/ };
/** Marks that end a sentence rather than an address. */
const CLOSING = '.,;:!?…»”’*_)]}';

export function split(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = trim(found[0]);
    const href = safe(address);
    if (href === null) continue;
    if (found.index > end) parts.push({ text: text.slice(end, found.index) });
    parts.push({ text: address, href });
    end = found.index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

function trim(address: string): string {
  // A closing bracket belongs to an address that opened it.
  let open = count(address, '(') - count(address, ')');
  let end = address.length;
  while (end > 0 && CLOSING.includes(address.charAt(end - 1))) {
    if (address.charAt(end - 1) === ')') {
      if (open >= 0) break;
      open += 1;
    }
    end -= 1;
  }
  return address.slice(0, end);
}

function count(text: string, mark: string): number {
  return text.split(mark).length - 1;
}

function safe(address: string): string | null {
  try {
    const url = new URL(address);
    const whole = WHOLE[url.protocol];
    return whole?.test(whole === HOST ? url.hostname : url.pathname) ? url.href : null;
  } catch {
    return null;
  }
}
