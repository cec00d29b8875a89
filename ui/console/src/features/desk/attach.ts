/** The ways to the dialog for files: the clip, a file dropped on the thread, a picture pasted. */
import type { FileRules } from '@recado/shared/wire.ts';
import { Attaching } from '../../state/attaching.svelte.ts';
import { call } from '../../state/backend.ts';
import type { OpenConversation } from '../../state/conversation.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';

/** Opens the dialog, or adds to what is in it. */
export async function attach(open: OpenConversation, files: Iterable<File> = []): Promise<void> {
  // What a paste or a drop holds is gone once its event is over.
  const chosen = [...files];
  if (open.attaching === null) {
    const rules = await call<FileRules>('GET', '/files/rules').catch(notices.failure);
    if (!rules) return;
    open.attaching ??= new Attaching(open.id, rules);
  }
  open.attaching.add(chosen);
}

/** A pasted picture or file goes to the dialog; a text goes where it was pasted. */
export function pasted(open: OpenConversation, event: ClipboardEvent): void {
  const files = event.clipboardData?.files;
  // Programs that write tables put a picture of them beside the text.
  if (!files?.length || event.clipboardData?.getData('text/plain')) return;
  event.preventDefault();
  void attach(open, files);
}

/** Whether what is dragged here are files; then they can be dropped here. */
export function takes(event: DragEvent): boolean {
  const files = event.dataTransfer?.types.includes('Files') ?? false;
  if (files) event.preventDefault();
  return files;
}
