/** How the formats that are allowed, and sizes of files, are spoken of wherever files are chosen. */
import { number } from './i18n.ts';
import type { FormatName, FormatRule, Locale } from './wire.ts';

const PICTURES: Partial<Record<FormatName, string>> = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };

/** Those that may be sent, by what belongs together for whoever reads it and has one largest size. */
export function groupsOf(formats: readonly FormatRule[]): (readonly FormatRule[])[] {
  const found = new Map<string, FormatRule[]>();
  for (const one of allowedOf(formats)) {
    const key = `${familyOf(one)} ${one.max_bytes}`;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()];
}

export const allowedOf = (formats: readonly FormatRule[]): FormatRule[] => formats.filter((one) => one.max_bytes !== null);

/** What a chooser of files offers; pictures by their types too, by which a phone offers its camera. */
export function acceptOf(formats: readonly FormatRule[]): string {
  const types = formats.flatMap(({ name }) => PICTURES[name] ?? []);
  return [...formats.flatMap(({ endings }) => endings.map((ending) => `.${ending}`)), ...types].join(',');
}

function familyOf({ name }: FormatRule): string {
  if (name === 'mp3' || name === 'audio') return 'sound';
  if (name in PICTURES) return 'picture';
  return /^(doc|xls|ppt)/.test(name) ? name.slice(0, 3) : name;
}

/** What a format is called; `recorded` is what recorded sound is called in the reader's language. */
export function formatName(name: FormatName, recorded: string): string {
  if (name === 'audio') return recorded;
  return name === 'jpg' ? 'JPG · JPEG' : name.toUpperCase();
}

/** A size as it is read: bytes, kB or MB (powers of ten). */
export function sizeOf(bytes: number, locale: Locale): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const [unit, value] = bytes < 1_000_000 ? ['kB', bytes / 1000] : ['MB', bytes / 1_000_000];
  return `${number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value), locale)} ${unit}`;
}

/** The ending of a name, as a format is called; of a name that is nothing but an ending, that. */
export function endingOf(name: string): string {
  const end = name.slice(name.lastIndexOf('.') + 1);
  return end !== name || /^(\w{3}|docx|xlsx|jpeg)$/i.test(end) ? end.toUpperCase().slice(0, 5) : '';
}
