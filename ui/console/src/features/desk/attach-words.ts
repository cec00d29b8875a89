/** What is said of a file that has not come whole: why it is not taken, or how far it is. */
import type { Attached } from '../../state/attaching.svelte.ts';
import { sizeOf } from '../../state/files.ts';
import { t, tryT } from '../../state/language.svelte.ts';
import { explain } from '../../state/problems.ts';

const refused = (fault: string, limit: number): string =>
  tryT(`attach.why.${fault}`, 'attach.failed', { size: sizeOf(limit), count: limit });

/** Null as long as nothing is wrong with it. */
export function wrongWith({ fault, state, problem }: Attached): string | null {
  if (fault !== null) return refused(fault.fault, fault.limit);
  if (state !== 'failed' || problem === null) return null;
  if (problem.code === 'wrong_file') return refused(String(problem.extra.fault), 0);
  return problem.code === 'file_too_large' ? refused('too_large', Number(problem.extra.limit)) : explain(problem);
}

/** How much has come, how fast, and how long it may still take. */
export function progressOf({ state, sent, file, bytesPerSecond, problem }: Attached): string {
  if (state === 'checking') return t('attach.checking');
  if (state === 'waiting') return tryT(`attach.waiting.${problem?.code ?? 'offline'}`, 'attach.waiting.busy');
  const words = t('attach.sent', { sent: sizeOf(sent), size: sizeOf(file.size) });
  if (bytesPerSecond <= 0) return words;
  const seconds = Math.ceil((file.size - sent) / bytesPerSecond);
  return `${words} · ${t('attach.speed', { speed: sizeOf(bytesPerSecond) })} · ${t('attach.left', { seconds })}`;
}
