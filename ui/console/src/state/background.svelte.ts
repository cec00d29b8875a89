/** What is known around the open conversation: fetched when its panel is shown, and again when that may have changed. */
import type { Background } from '@recado/shared/wire.ts';
import * as moves from './moves.ts';

export class AroundConversation {
  readonly id: number;
  facts = $state.raw<Background | null>(null);
  failed = $state(false);
  private turn = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** What is shown stays until the new is there, or where it could not be fetched. */
  load = async (): Promise<void> => {
    const turn = (this.turn += 1);
    this.failed = false;
    try {
      const facts = await moves.background(this.id);
      if (turn === this.turn) this.facts = facts;
    } catch {
      if (turn === this.turn) this.failed = this.facts === null;
    }
  };

  async unblock(block: number): Promise<void> {
    await moves.unblock(block);
    await this.load();
  }
}
