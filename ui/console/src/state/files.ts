/** How files of messages are spoken of: their addresses, kinds and sizes. */
import { number } from '@recado/shared/i18n.ts';
import type { Attachment, FormatName } from '@recado/shared/wire.ts';
import { language, t } from './language.svelte.ts';

export type FileKind = 'picture' | 'sound' | 'other';

export const addressOf = (id: string, part = ''): string => `/api/v1/console/files/${id}${part}`;

export function kindOf({ type, thumbnail }: Attachment): FileKind {
  return thumbnail ? 'picture' : type.startsWith('audio/') ? 'sound' : 'other';
}

/** The ending of a name, as a format is called. */
export function endingOf(name: string): string {
  const at = name.lastIndexOf('.');
  return at < 0 ? '' : name.slice(at + 1).toUpperCase().slice(0, 5);
}

/** A size as it is read: bytes, kB or MB (powers of ten). */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, value] = bytes < 1_000_000 ? ['kB', bytes / 1000] : ['MB', bytes / 1_000_000];
  return `${number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value), language.locale)} ${unit}`;
}

/** What a format is called, wherever it is named. */
export function formatName(name: FormatName): string {
  if (name === 'audio') return t('attach.recorded');
  return name === 'jpg' ? 'JPG · JPEG' : name.toUpperCase();
}
