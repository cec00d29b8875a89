/** What one does with a message of the thread, from its tools or by a key: quoted, copied, edited, deleted, taken back. */
import { announce } from '@recado/shared/announce.svelte.ts';
import { ApiProblem } from '@recado/shared/api.ts';
import type { Entry, Mode } from '@recado/shared/wire.ts';
import { tick } from 'svelte';
import * as afterwards from '../../state/afterwards.ts';
import type { OpenThread } from '../../state/open-thread.svelte.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { editings } from '../../state/editings.svelte.ts';
import { lasting, t } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { isDirect } from '../../state/owners.ts';
import { isMine } from '../../state/thread-view.ts';
import { time } from '../../state/time.svelte.ts';
import { joined } from '../../state/words.ts';
import { Acting } from './acting.svelte.ts';
import { isTalk, rulesIn } from './kinds.ts';

export class Afterwards {
  readonly acting: Acting;
  /** What is asked before it is deleted, and whose former texts are shown. */
  deleting = $state.raw<Entry | null>(null);
  looking = $state.raw<Entry | null>(null);
  private readonly desk: Desk;
  private readonly open: OpenThread;

  constructor(desk: Desk, open: OpenThread) {
    this.desk = desk;
    this.open = open;
    this.acting = new Acting(() => open.model?.entries ?? []);
  }

  get rules(): afterwards.Times | undefined {
    return rulesIn(this.desk, this.open.model);
  }

  isMine = (entry: Entry): boolean => isMine(entry.author, this.desk.me);

  private isOthers = (entry: Entry): boolean => (isDirect(this.open.id) ? !this.isMine(entry) : entry.author.kind === 'visitor');

  /** Why it cannot be edited or deleted now; null where it can. */
  against(entry: Entry): string | null {
    const minutes = this.rules?.edit_minutes ?? 0;
    if (minutes === 0) return t('message.never');
    return afterwards.isLate(entry, this.rules, time.now) ? t('message.late', { time: lasting(minutes) }) : null;
  }

  /** Why it cannot be quoted: what quotes it is read by somebody who does not read so far back. */
  againstQuoting(entry: Entry): string | null {
    const { model } = this.open;
    const floors = model && isTalk(model) ? Object.values(model.floors) : [];
    return entry.seq <= Math.max(0, ...floors) ? t('message.notForAll') : null;
  }

  /** For how many microseconds more it can be taken back. */
  undoable(entry: Entry): number {
    const model = this.open.model;
    return model ? afterwards.undoable(entry, model, this.rules, this.desk.me, Math.max(time.now, Date.now() * 1000)) : 0;
  }

  /** The message one is at, else the newest of the customer's, or of a colleague's where there are colleagues alone. */
  quote(entry = this.acting.entry ?? this.acting.newest((one) => this.isOthers(one) && afterwards.isThere(one))): boolean {
    if (!entry || !afterwards.isThere(entry)) return false;
    const against = this.againstQuoting(entry);
    if (against !== null) {
      notices.warning(against);
      return true;
    }
    this.open.quotation.entry = entry;
    if (entry.kind === 'note') this.open.mode = 'note';
    document.querySelector<HTMLElement>('[data-composer]')?.focus();
    return true;
  }

  /** The words as they were written. */
  async copy(entry = this.acting.entry): Promise<void> {
    if (!entry || !afterwards.isThere(entry)) return;
    try {
      await navigator.clipboard.writeText(entry.body);
      notices.news(t('message.copied'));
    } catch {
      notices.warning(t('message.notCopied'));
    }
  }

  edit(entry = this.acting.entry): boolean {
    if (!this.mayChange(entry)) return false;
    editings.begin(this.open.id, entry);
    return true;
  }

  askDelete(entry = this.acting.entry): boolean {
    if (!this.mayChange(entry)) return false;
    this.deleting = entry;
    return true;
  }

  private mayChange(entry: Entry | null): entry is Entry {
    if (!entry || !afterwards.isThere(entry) || !this.isMine(entry)) return false;
    const against = this.against(entry);
    if (against !== null) notices.warning(against);
    return against === null;
  }

  look(entry = this.acting.entry): boolean {
    if (!entry || (entry.edits === 0 && entry.gone === null)) return false;
    this.looking = entry;
    return true;
  }

  async delete(entry: Entry): Promise<void> {
    try {
      this.desk.sent(await afterwards.remove(this.open.id, entry.seq));
      announce(t('message.deleted'));
      await tick();
      this.acting.enter(entry.seq);
    } catch (error) {
      this.refused(error, entry);
    }
  }

  undoLast(): boolean {
    const last = this.acting.newest((entry) => this.isMine(entry) && entry.kind !== 'activity');
    if (!last || !afterwards.isThere(last)) return false;
    if (this.undoable({ ...last, attachments: [] }) === 0) return last.attachments.length === 0 && this.past(last);
    // Whoever has sent the wrong file presses it, and would wait for what does not come.
    if (last.attachments.length > 0) notices.warning(t('undo.files'));
    else void this.undo(last);
    return true;
  }

  /** Says why it cannot be taken back any more; false where it never could be. */
  private past(entry: Entry): boolean {
    if (!this.rules?.undo_s) return false;
    this.sayStands(entry, afterwards.isSeen(entry, this.open.model!) ? 'seen' : 'late');
    return true;
  }

  /** Says why it stays, and whether it can still be edited; returns that. */
  private sayStands(entry: Entry, why: 'seen' | 'late'): boolean {
    const editable = this.against(entry) === null;
    notices.warning(t(why === 'seen' ? 'undo.seen' : 'undo.late') + (editable ? ` ${t('undo.edit')}` : ''));
    return editable;
  }

  /**
   * The words stand in the composer again, and that before it is asked for: once it is done they are nowhere else, whether or
   * not its answer comes. Whoever has seen them has seen them: then they can still be edited.
   */
  async undo(entry: Entry): Promise<void> {
    const { desk, open } = this;
    const mode: Mode = entry.kind === 'note' ? 'note' : 'answer';
    const before = desk.drafts.get(open.id, mode);
    const both = joined(entry.body, before);
    desk.drafts.set(open.id, both, mode);
    try {
      desk.sent(await afterwards.undo(open.id, entry.seq));
    } catch (error) {
      if (!(error instanceof ApiProblem) || ['offline', 'unknown'].includes(error.code)) return notices.warning(t('undo.unknown'));
      if (desk.drafts.get(open.id, mode) === both) desk.drafts.set(open.id, before, mode);
      return this.stands(entry, error);
    }
    open.mode = mode;
    open.quotation.entry = this.acting.find(entry.quote?.seq ?? null);
    announce(t('undo.done'));
    await tick();
    document.querySelector<HTMLElement>('[data-composer]')?.focus();
  }

  /** It could not be taken back. */
  private stands(entry: Entry, error: ApiProblem): void {
    const { code } = error;
    if (code !== 'seen' && code !== 'late') return this.refused(error, entry);
    if (this.sayStands(entry, code)) editings.begin(this.open.id, entry);
  }

  private refused(error: unknown, entry: Entry): void {
    if (error instanceof ApiProblem && error.code === 'late') notices.warning(this.against(entry) ?? t('undo.late'));
    else notices.failure(error);
  }
}
