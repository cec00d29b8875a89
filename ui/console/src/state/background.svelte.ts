/** What is known around the open conversation: fetched when its panel is shown, and again when that may have changed. */
import type { Background } from '@recado/shared/wire.ts';
import { Fetched } from './fetched.svelte.ts';
import * as moves from './moves.ts';

/** What is shown stays until the new is there, or where it could not be fetched. */
export class AroundConversation extends Fetched<Background> {
  constructor(id: number) {
    super(`/conversations/${id}/background`);
  }

  async unblock(block: number): Promise<void> {
    await moves.unblock(block);
    await this.load();
  }
}
