/**
 * A note that goes with a transfer or a close. Its words stay in the dialog until the request has succeeded; where the dialog
 * goes before, with its conversation or with the page, they are kept.
 */
import { ApiProblem } from '@recado/shared/api.ts';
import { newClientId } from '@recado/shared/outbox-keep.ts';
import { Submission } from './form.svelte.ts';
import { notices } from './notices.svelte.ts';

/** The note as a request carries it: the same words on the same way are the same note, however often it is made. */
export interface Along {
  note: string | null;
  client_id: string;
}

/** Takes the words that did not go along; `lost`: the conversation is not there for me any more. */
export type Keep = (note: string, lost: boolean) => void;

export class NoteAlong {
  text = $state('');
  readonly form = new Submission();
  private readonly keep: Keep;
  private left = false;
  private asked = '';
  private id = newClientId();

  constructor(keep: Keep) {
    this.keep = keep;
  }

  /**
   * True where the dialog is over: `move` has succeeded, or somebody else was quicker. `move` gives false where that has been
   * told, and throws any other refusal. `goal`: what else is asked for.
   */
  async send(move: (along: Along) => Promise<boolean>, goal: unknown = null): Promise<boolean> {
    if (this.form.busy) return false;
    const along = this.along(goal);
    let lost = false;
    const over = await this.form.run(async () => {
      try {
        if (await move(along)) this.text = '';
      } catch (error) {
        if (!(error instanceof ApiProblem) || (error.code !== 'closed' && error.code !== 'not_found')) throw error;
        lost = error.code === 'not_found';
        notices.failure(error);
      }
    });
    if (!over && this.left) notices.warning(this.problem!);
    if (over || this.left) this.rescue(lost);
    return over;
  }

  /** What is wrong, wherever in the form that is. */
  get problem(): string | null {
    return this.form.problem ?? Object.values(this.form.fields)[0] ?? null;
  }

  /** Its writer wants none of it. */
  giveUp(): void {
    this.text = '';
  }

  /** The dialog goes, for whatever reason. What is on its way is waited for. */
  leave(): void {
    this.left = true;
    if (!this.form.busy) this.rescue(false);
  }

  private along(goal: unknown): Along {
    const note = this.text.trim() || null;
    const asked = JSON.stringify([note, goal]);
    if (asked !== this.asked) [this.asked, this.id] = [asked, newClientId()];
    return { note, client_id: this.id };
  }

  private rescue(lost: boolean): void {
    const note = this.text.trim();
    this.text = '';
    if (note !== '') this.keep(note, lost);
  }
}
