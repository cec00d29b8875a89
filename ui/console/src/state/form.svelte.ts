/** The life of a form: busy while it is sent, then its errors at their fields, or none. */
import { explain, fieldErrors, otherAddress } from './problems.ts';

type Errors = Record<string, string>;

export class Submission {
  busy = $state(false);
  /** What is wrong with the whole, in words. */
  problem = $state<string | null>(null);
  /** Where this same page can be sent from, where that is elsewhere. */
  elsewhere = $state<string | null>(null);
  /** It was to be sent, and the page itself had found something wrong. */
  tried = $state(false);
  private refused = $state.raw<Errors>({});
  private readonly check: () => Errors;

  /** `check` says what the page itself can see of the fields as they stand. */
  constructor(check: () => Errors = () => ({})) {
    this.check = check;
  }

  /** What is wrong by field: what the page sees goes once it is mended, what was refused with the next attempt. */
  get fields(): Errors {
    return this.tried ? this.check() : this.refused;
  }

  /** Whether it may be sent. Where it may not, what is wrong shows from now on. */
  sound(): boolean {
    this.clear();
    this.tried = Object.keys(this.check()).length > 0;
    return !this.tried;
  }

  /** True where `action` succeeded. `words` may say more than the common sentence for a failure. */
  async run(action: () => Promise<unknown>, words?: (error: unknown) => string | null): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.clear();
    try {
      await action();
      return true;
    } catch (error) {
      this.refused = fieldErrors(error);
      this.elsewhere = otherAddress(error);
      if (Object.keys(this.refused).length === 0) this.problem = words?.(error) ?? explain(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Shows an error that the page has found in looking once. */
  refuse(fields: Errors): void {
    this.clear();
    this.refused = fields;
  }

  clear(): void {
    this.problem = null;
    this.elsewhere = null;
    this.refused = {};
    this.tried = false;
  }
}
