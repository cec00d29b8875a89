/**
 * A note that goes with a transfer or a close, or the reason of a block. The words stay in the dialog until the request has
 * succeeded; where the dialog goes before, with its conversation or with the page, they are kept.
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

/**
 * Takes the words that did not go along; `lost`: the conversation is not there for me any more; `client_id`: of the entry that
 * they are, where they were stored after all.
 */
export type Keep = (note: string, lost: boolean, client_id: string | null) => void;

/** Whoever has waited longer for an answer is told that none came, instead of waiting for another. */
const SOON_MS = 5_000;

export class NoteAlong {
  text = $state('');
  readonly form = new Submission();
  private readonly keep: Keep;
  private left = false;
  private asked = '';
  private latest: Along | null = null;

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
        if (await this.surely(move, along)) this.text = '';
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
  async leave(): Promise<void> {
    this.left = true;
    // While a component goes, state reads as it was before what let it go.
    await Promise.resolve();
    if (!this.form.busy) this.rescue(false);
  }

  /** Where the answer was lost, asks once more what came of it: the same words are stored once. */
  private async surely(move: (along: Along) => Promise<boolean>, along: Along): Promise<boolean> {
    const began = Date.now();
    try {
      return await move(along);
    } catch (error) {
      const unclear = error instanceof ApiProblem && (error.code === 'offline' || error.code === 'unknown');
      const awaited = !this.left && Date.now() - began > SOON_MS;
      if (!unclear || awaited || along.note === null) throw error;
      return move(along);
    }
  }

  private along(goal: unknown): Along {
    const note = this.text.trim() || null;
    const asked = JSON.stringify([note, goal]);
    if (asked !== this.asked || this.latest === null) this.latest = { note, client_id: newClientId() };
    this.asked = asked;
    return this.latest;
  }

  private rescue(lost: boolean): void {
    const note = this.text.trim();
    this.text = '';
    if (note !== '') this.keep(note, lost, this.latest?.note === note ? this.latest.client_id : null);
  }
}
