/** The conversation that is open: its thread, and given up when somebody else attends it. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { Changes, ConsoleEvent, ConversationRow, ConversationState, Entry } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import * as model from './conversation-model.ts';
import { unreadOf, type DeskModel } from './desk-model.ts';
import { always, OpenThread, type Turn } from './open-thread.svelte.ts';

export type { Phase, Side } from './open-thread.svelte.ts';

export class OpenConversation extends OpenThread<model.ConversationModel, ConversationState, Changes> {
  private readonly onSeen: (row: ConversationRow) => void;
  /** Who attends it, in the phase 'taken'. */
  takenBy = $state<number | null>(null);
  /** The department where it was when it was last seen here; null where it never was on this page. */
  department: number | null = null;
  /** It is known that the visitor may not write any more. */
  blocked = $state(false);

  constructor(id: number, me: number, onSeen: (row: ConversationRow) => void) {
    super(id, me);
    this.onSeen = onSeen;
  }

  /** The first fetch; `desk` tells whether something in it is new to me. Null where it failed: `phase` says how. */
  load(desk: DeskModel | null, isCurrent = always): Promise<ConversationState | null> {
    return this.open(desk && ((state) => unreadOf(desk, state.conversation) > 0), isCurrent);
  }

  protected fromState(state: ConversationState): model.ConversationModel {
    return model.fromState(state);
  }

  protected withChanges(known: model.ConversationModel, changes: Changes): model.ConversationModel {
    return model.applyChanges(known, changes);
  }

  protected turn(known: model.ConversationModel, event: ConsoleEvent): Turn<model.ConversationModel> {
    const step = model.apply(known, event);
    if (step.taken !== null) this.take(step.taken);
    if (step.left) this.leave();
    return step;
  }

  protected entriesOf(event: ConsoleEvent): readonly Entry[] {
    return 'entries' in event && 'conversation' in event && event.conversation.id === this.id ? event.entries : [];
  }

  protected tellRead(seq: number): Promise<unknown> {
    return call('POST', `/conversations/${this.id}/read`, { seq });
  }

  protected seen({ conversation }: model.ConversationModel): void {
    this.onSeen(conversation);
  }

  /** Gone from my sight, or a colleague has it. */
  protected lost(error: unknown): boolean {
    if (!(error instanceof ApiProblem)) return false;
    if (error.code === 'taken') this.take((error.extra.operator as { id: number }).id);
    else if (error.code === 'not_found') this.drop('missing');
    return error.code === 'taken' || error.code === 'not_found';
  }

  answered(entry: Entry, conversation: ConversationRow): void {
    const before = this.current;
    if (before !== null) this.put(model.applyAnswer(before, entry, conversation), before);
  }

  /** What the answer to a request of mine says of it, ahead of its event. */
  moved(conversation: ConversationRow): void {
    const before = this.current;
    if (before !== null) this.put(model.withAnswer(before, conversation), before);
  }

  /** Neither events nor answers tell who may be mentioned in it once it has gone to other readers. */
  protected override after(before: model.ConversationModel): void {
    if (this.current && model.movedBetween(before, this.current)) void this.refetch(false).catch(() => undefined);
  }

  /** Somebody else attends it now: nothing of the customer stays on the page. */
  take(operator: number): void {
    this.takenBy = operator;
    this.drop('taken');
  }

  /** Where it was is remembered: the first to know, in the end, that it has gone may be a fetch. */
  protected override clear(): void {
    this.department = this.current?.conversation.department.id ?? this.department;
    super.clear();
  }
}
