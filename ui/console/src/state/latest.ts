/** Fetches of the same thing: whichever order they come back in, the one that began last counts. */
import { ApiProblem } from '@recado/shared/api.ts';

export class Latest {
  private turn = 0;
  private running = 0;

  /** Something is on its way. */
  get busy(): boolean {
    return this.running > 0;
  }

  /** False where it could not be had now and may be later. */
  async run<T>(asked: Promise<T>, take: (found: T) => void, fail: () => void): Promise<boolean> {
    const turn = (this.turn += 1);
    this.running += 1;
    try {
      const found = await asked;
      if (turn === this.turn) take(found);
    } catch (error) {
      if (turn !== this.turn) return true;
      fail();
      return !(error instanceof ApiProblem && error.passing);
    } finally {
      this.running -= 1;
    }
    return true;
  }
}
