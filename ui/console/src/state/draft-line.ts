/** A draft as one line: what is being written, what is to go beside files, which file, or what was recorded. */
import type { Mode } from '@recado/shared/wire.ts';
import { captionOf } from './draft-shelf.ts';
import type { Drafts } from './drafts.svelte.ts';
import { voice } from './voice.svelte.ts';

export function lineOf(drafts: Drafts, conversation: number, mode: Mode): string {
  const texts = [drafts.get(conversation, mode), drafts.get(conversation, captionOf(mode))].map((text) => text.trim());
  const [file] = drafts.files.of(conversation, mode);
  return texts.find((text) => text !== '') ?? (file ? `📎 ${file.name}` : voice.lineOf(conversation, mode));
}
