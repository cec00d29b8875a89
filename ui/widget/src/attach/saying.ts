/** What is said of a file of the dialog: how far it has come and how fast, or why it is not taken. */
import { sizeOf as size } from '@recado/shared/formats.ts';
import { locale } from '../frame/words.ts';
import type { Row } from './parcel.ts';
import { has, t } from './words.ts';

export const sizeOf = (bytes: number): string => size(bytes, locale());

/** Why it is not taken; null where nothing is against it. */
export function refusal(row: Row): string | null {
  if (row.fault) return why(row.fault.fault, row.fault.limit);
  if (row.state !== 'failed') return null;
  const { code, extra } = row.upload!.problem!;
  if (code === 'wrong_file') return why(String(extra.fault), 0);
  return code === 'file_too_large' ? why('too_large', Number(extra.limit)) : why(code, 0);
}

function why(fault: string, limit: number): string {
  const key = `why.${fault}`;
  return t(has(key) ? key : 'why.other', { size: sizeOf(limit), count: limit });
}

/** Whether it may succeed when it is tried again as it is. */
export function canRetry({ upload, state }: Row): boolean {
  return state === 'failed' && !['wrong_file', 'file_too_large', 'blocked'].includes(upload?.problem?.code ?? '');
}

export function progress(row: Row): string {
  const whole = sizeOf(row.size);
  const { state } = row;
  if (state === 'ready') return t('ready', { size: whole });
  if (state === 'checking') return t('checking');
  if (!row.upload) return t('waiting.busy');
  const { sent, bytesPerSecond, problem } = row.upload;
  const come = { sent: sizeOf(sent), size: whole };
  if (state === 'waiting') {
    const key = `waiting.${problem?.code ?? 'offline'}`;
    return t(has(key) ? key : 'waiting.busy', come);
  }
  const said = [t('sent', come)];
  if (bytesPerSecond > 0) {
    const left = Math.ceil((row.size - sent) / bytesPerSecond);
    said.push(t('speed', { speed: sizeOf(bytesPerSecond) }), t('left', { seconds: left }));
  }
  return said.join(' · ');
}
