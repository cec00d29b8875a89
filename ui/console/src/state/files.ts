/** How files of messages are spoken of: their addresses, kinds and sizes. */
import * as formats from '@recado/shared/formats.ts';
import type { Attachment, FormatName } from '@recado/shared/wire.ts';
import { language, t } from './language.svelte.ts';

export type FileKind = 'picture' | 'sound' | 'other';

export const addressOf = (id: string, part = ''): string => `/api/v1/console/files/${id}${part}`;

export function kindOf({ type, thumbnail }: Attachment): FileKind {
  return thumbnail ? 'picture' : type.startsWith('audio/') ? 'sound' : 'other';
}

/** Files as they are shown, in their order: pictures that follow each other side by side, each of the others by itself. */
export function runsOf(files: readonly Attachment[], isPicture: (file: Attachment) => boolean): Attachment[][] {
  const runs: Attachment[][] = [];
  for (const file of files) {
    const last = runs.at(-1);
    if (last && isPicture(last[0]!) && isPicture(file)) last.push(file);
    else runs.push([file]);
  }
  return runs;
}

export const endingOf = formats.endingOf;

/** A size as it is read: bytes, kB or MB (powers of ten). */
export const sizeOf = (bytes: number): string => formats.sizeOf(bytes, language.locale);

/** What a format is called, wherever it is named. */
export const formatName = (name: FormatName): string => formats.formatName(name, t('attach.recorded'));
