/** What I say to colleagues: my lists of direct conversations, the one that is open, and one that does not exist yet. */
import type { ConsoleEvent, DirectRow, DirectSent, Draft } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import { Directs } from './directs.svelte.ts';
import { amongColleagues } from './draft-shelf.ts';
import type { Drafts } from './drafts.svelte.ts';
import { editings } from './editings.svelte.ts';
import { NewTalk } from './new-talk.svelte.ts';
import { OpenDirect } from './open-direct.svelte.ts';
import { direct } from './owners.ts';
import type { Sender } from './sender.svelte.ts';
import { Until } from './until.ts';
import type { Words } from './words.ts';

export class Talks {
  readonly lists: Directs;
  readonly fresh: NewTalk;
  open = $state.raw<OpenDirect | null>(null);
  private readonly me: number;
  private readonly drafts: Drafts;
  private readonly sender: () => Sender;
  private fetching = new Until(async () => undefined);
  /** Who comes and goes in what is open is asked, as is what was missed. */
  private readonly catching = new Until(async () => this.open?.refetch(false));

  constructor(me: number, drafts: Drafts, sender: () => Sender) {
    this.me = me;
    this.drafts = drafts;
    this.sender = sender;
    this.lists = new Directs(me);
    this.fresh = new NewTalk(me);
  }

  /** Shows one by its number, or none. */
  async select(number: number | null): Promise<void> {
    if (number === (this.open?.number ?? null)) return;
    const opened = (this.open = number === null ? null : new OpenDirect(number, this.me));
    const began = this.drafts.moment;
    const state = await opened?.load();
    if (this.open !== opened || !opened) return;
    if (opened.phase === 'missing') this.lost(opened.id, this.sender().takeAll(opened.id));
    if (!state) return;
    this.drafts.adopt(opened.id, amongColleagues(state.drafts), began);
    this.drafts.giveBack(opened.id, 'note');
    this.lists.met(state);
    this.settle();
  }

  /** Fetches all that is shown, and what I have not sent to anybody, until it comes or is asked for anew: it holds up nobody. */
  refetch(anew: boolean, isCurrent: () => boolean): void {
    this.fetching.stop();
    let clears = anew;
    this.fetching = new Until(async () => {
      if (!isCurrent()) return;
      const open = this.open?.refetch(clears, isCurrent);
      clears = false;
      await Promise.all([this.fetchDrafts(isCurrent), this.lists.load(isCurrent), open]);
      if (!isCurrent()) return;
      if (this.open?.model) this.drafts.giveBack(this.open.id, 'note');
      void this.fresh.look();
      this.settle();
    });
    this.fetching.ask();
  }

  private async fetchDrafts(isCurrent: () => boolean): Promise<void> {
    const began = this.drafts.moment;
    const drafts = await call<Draft[]>('GET', '/directs/drafts');
    if (isCurrent()) this.drafts.takeOver(amongColleagues(drafts), began, true);
  }

  stop(): void {
    for (const one of [this.fetching, this.catching, this.lists]) one.stop();
  }

  heard(event: ConsoleEvent): void {
    const left = event.type === 'direct.left' && event.version > this.versionOf(event.id) ? direct(event.id) : null;
    this.lists.heard(event);
    if (this.open?.apply(event)) this.catching.ask();
    if (left !== null) this.lost(left, this.sender().takeAll(left));
    if (event.type === 'direct.posted' && this.open?.number === event.direct.id && !this.open.model && this.open.phase !== 'loading') void this.comeBack();
    this.settle();
  }

  private versionOf(number: number): number {
    const pane = this.open?.number === number ? this.open.model?.direct.version : undefined;
    return Math.max(pane ?? -1, this.lists.versionOf(number));
  }

  /** I take part again in what the pane says to be gone. */
  private async comeBack(): Promise<void> {
    const number = this.open!.number;
    await this.select(null);
    await this.select(number);
  }

  private settle(): void {
    if (this.open?.model) this.sender().settle(this.open.model.entries);
  }

  /** What became of a message of mine, ahead of its event. */
  sent({ entry, direct: row }: DirectSent): void {
    if (this.open?.number === row.id) this.open.answered(entry, row);
    this.lists.sent(row);
  }

  /** What the answer to a request says of one. */
  changed(row: DirectRow): void {
    this.lists.sent(row);
  }

  /** It is not mine to write in any more: what was not sent is kept, `at` that moment in milliseconds. */
  lost(id: number, words: Words, at?: number): void {
    const typed = this.drafts.forget(id);
    this.drafts.keep(words.note, 'note', id, at);
    this.drafts.keep(typed.note, 'note', id);
    editings.keep(id, this.drafts);
    if (this.open?.id === id && this.open.phase !== 'missing') this.open.leave();
  }

  /** Nobody is signed in: nothing that was said stays on the page. */
  veil(): void {
    this.lists.veil();
    this.fresh.veil();
    this.open?.forget();
  }
}
