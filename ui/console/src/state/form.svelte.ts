/** The life of a form: busy while it is sent, then its errors at their fields, or none. */
import { explain, fieldErrors } from './problems.ts';

export class Submission {
  busy = $state(false);
  /** What is wrong with the whole, in words. */
  problem = $state<string | null>(null);
  fields = $state.raw<Record<string, string>>({});

  /** True where `action` succeeded. `words` may say more than the common sentence for a failure. */
  async run(action: () => Promise<unknown>, words?: (error: unknown) => string | null): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.clear();
    try {
      await action();
      return true;
    } catch (error) {
      this.fields = fieldErrors(error);
      if (Object.keys(this.fields).length === 0) this.problem = words?.(error) ?? explain(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Shows an error that the page itself has found. */
  refuse(fields: Record<string, string>): void {
    this.fields = fields;
  }

  clear(): void {
    this.problem = null;
    this.fields = {};
  }
}
