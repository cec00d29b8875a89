/** The ways to the dialog for files: the clip, a file dropped on the thread, a picture pasted. */
import type { FileRules } from '@recado/shared/wire.ts';
import { Attaching } from '../../state/attaching.svelte.ts';
import { call } from '../../state/backend.ts';
import type { OpenThread } from '../../state/open-thread.svelte.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { modeIn } from './kinds.ts';
import { waitingIn } from './waiting.ts';

/** Opens the dialog, with what waits in the draft and what is still on its way there, or adds to what is in it. */
export async function attach(desk: Desk, open: OpenThread, files: Iterable<File> = []): Promise<void> {
  if (!open.model) return;
  // What a paste or a drop holds is gone once its event is over.
  const chosen = [...files];
  const mode = modeIn(desk, open);
  let attaching = desk.drafts.files.attaching(open.id, mode);
  if (!attaching) {
    const rules = await call<FileRules>('GET', '/files/rules').catch(notices.failure);
    if (!rules) return;
    attaching = desk.drafts.files.attaching(open.id, mode) ?? new Attaching(open.id, mode, rules, desk.drafts);
    desk.drafts.files.keepAttaching(attaching);
  }
  attaching.add(chosen, waitingIn(desk, open.id, mode).length);
  open.attaching = attaching;
}

/** A pasted picture or file goes to the dialog; a text goes where it was pasted. */
export function pasted(desk: Desk, open: OpenThread, event: ClipboardEvent): void {
  const files = event.clipboardData?.files;
  // Programs that write tables put a picture of them beside the text.
  if (!files?.length || event.clipboardData?.getData('text/plain')) return;
  event.preventDefault();
  void attach(desk, open, files);
}

/** Whether what is dragged here are files; then they can be dropped here. */
export function takes(event: DragEvent): boolean {
  const files = event.dataTransfer?.types.includes('Files') ?? false;
  if (files) event.preventDefault();
  return files;
}
