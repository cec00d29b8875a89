/** Who is signed in here, and what happens when that ends. */
import { ApiProblem } from '@recado/shared/api.ts';
import { openChannel } from '@recado/shared/channel.ts';
import type { InvitationLook, Me, Person, ResetLook } from '@recado/shared/wire.ts';
import { bare, call, goBy } from './backend.ts';
import { forgetOthers } from './draft-shelf.ts';
import { speak } from './language.svelte.ts';
import { forgetLeft } from './rebased.svelte.ts';
import { wear } from './theme.ts';

/** What the other pages are told when somebody has signed out. */
const OUT = 'out';
/** The other pages of this browser, which go by the same cookie; told when somebody has signed in or out. */
const pages = openChannel('recado:session');

class Session {
  /** Null: nobody; undefined: not known yet. */
  me = $state.raw<Me | null | undefined>(undefined);
  /** True while the dialog asks somebody whose session has ended to sign in again. */
  lapsed = $state(false);
  /** The session has ended because an admin has disabled the account: that is said, until one tries to sign in again. */
  disabled = $state(false);
  /** Set where the first question (who is signed in?) could not be answered. */
  unreachable = $state(false);
  /** While signing out, an ended session is no surprise. */
  private leaving = false;
  private waiting: { resolve: () => void; reject: (why: ApiProblem) => void }[] = [];

  constructor() {
    goBy(this);
    pages?.addEventListener('message', ({ data }) => void (data === OUT && this.me ? this.startOver() : this.look()));
  }

  /** Asks the server who is signed in. */
  async load(): Promise<void> {
    try {
      await this.become(await bare<Me>('GET', '/session'));
      this.unreachable = false;
    } catch (error) {
      this.unreachable = !(error instanceof ApiProblem && error.status > 0 && error.status < 500);
      if (!this.unreachable) this.me = null;
    }
  }

  async signIn(username: string, password: string): Promise<void> {
    await this.enter(await bare<Me>('POST', '/session', { username, password }));
  }

  async setUp(form: {
    token: string;
    name: string;
    username: string;
    email?: string;
    password: string;
  }): Promise<void> {
    await this.enter(await bare<Me>('POST', '/setup', form));
  }

  /** Fails with `not_found` where the set-up is done, or the token is another. */
  async lookAtSetUp(token: string): Promise<void> {
    await bare('POST', '/setup/look', { token });
  }

  lookAt(token: string): Promise<InvitationLook> {
    return bare<InvitationLook>('POST', '/invitations/look', { token });
  }

  async accept(form: { token: string; name: string; username: string; password: string }): Promise<void> {
    await this.enter(await bare<Me>('POST', '/invitations/accept', form));
  }

  lookAtReset(token: string): Promise<ResetLook> {
    return bare<ResetLook>('POST', '/resets/look', { token });
  }

  async reset(token: string, password: string): Promise<void> {
    await this.enter(await bare<Me>('POST', '/resets', { token, password }));
  }

  async signOut(): Promise<void> {
    this.leaving = true;
    try {
      await bare('DELETE', '/session');
    } catch (error) {
      this.leaving = false;
      // Already ended elsewhere is as good as ended here.
      if (!(error instanceof ApiProblem) || error.code !== 'unauthenticated') throw error;
    }
    pages?.postMessage(OUT);
    this.leave();
  }

  /** Shows the change at once and takes it back where the server refuses it. */
  async change(patch: Partial<Pick<Me, 'name' | 'email' | 'locale' | 'theme' | 'desk_window' | 'availability'>>): Promise<void> {
    const before = this.me;
    if (!before) return;
    await this.show({ ...before, ...patch });
    try {
      await this.show(await call<Me>('PATCH', '/me', patch));
    } catch (error) {
      await this.show(before);
      throw error;
    }
  }

  /** What the team is told of me, from whichever of my pages it was changed. */
  async known({ name, role, availability }: Person): Promise<void> {
    if (this.me) await this.show({ ...this.me, name, role, availability });
  }

  /** Takes over what a fetch or an event says about the person signed in. */
  async show(me: Me): Promise<void> {
    this.me = me;
    wear(me.theme);
    await speak(me.locale);
  }

  /** What a fetch says of who is signed in here: where another tab has signed somebody else in, this page is not theirs. */
  async meet(me: Me): Promise<void> {
    if (this.me && this.me.id !== me.id) return this.startOver();
    await this.show(me);
  }

  /** Resolves when somebody is signed in again; rejects when they leave instead, so that nothing waits for ever. */
  renewed(): Promise<void> {
    // Of a page that nobody is signed in at any more nothing is asked again in the next person's name.
    if (!this.me) return Promise.reject(new ApiProblem(401, 'unauthenticated'));
    if (!this.lapsed && !this.leaving) void this.look();
    this.lapsed = !this.leaving;
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  /** Whether somebody is signed in here after all, from another tab: the same operator goes on, with another all begins anew. */
  private async look(): Promise<void> {
    const me = await bare<Me>('GET', '/session').catch(() => null);
    if (me && this.me) await this.become(me);
  }

  leave(): void {
    forgetLeft();
    this.me = null;
    this.lapsed = this.disabled = false;
    this.leaving = false;
    for (const { reject } of this.waiting.splice(0)) reject(new ApiProblem(401, 'unauthenticated'));
  }

  /** Somebody else than before, or nobody: nothing of the former person may stay on the page, and nothing of theirs be sent. */
  startOver(path = '/'): Promise<never> {
    location.assign(path);
    return new Promise(() => undefined);
  }

  /** Signed in on this page. */
  private async enter(me: Me): Promise<void> {
    pages?.postMessage(0);
    await this.become(me);
  }

  private async become(me: Me): Promise<void> {
    await this.meet(me);
    forgetOthers(me.id);
    this.lapsed = this.disabled = false;
    for (const { resolve } of this.waiting.splice(0)) resolve();
  }
}

export const session = new Session();
