/** The direct conversation that is open: its thread, and given up when I take part no longer. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { ConsoleEvent, DirectChanges, DirectRow, DirectState, Entry } from '@recado/shared/wire.ts';
import { call } from './backend.ts';
import * as model from './direct-model.ts';
import { always, OpenThread, type Turn } from './open-thread.svelte.ts';
import { direct, pathOf } from './owners.ts';

export class OpenDirect extends OpenThread<model.DirectModel, DirectState, DirectChanges> {
  /** Its number among the direct ones. */
  readonly number: number;

  constructor(number: number, me: number) {
    super(direct(number), me);
    this.number = number;
    this.mode = 'note';
  }

  /** The first fetch. Null where it failed: `phase` says how. */
  load(isCurrent = always): Promise<DirectState | null> {
    return this.open(({ direct, own }) => direct.count > own.seen, isCurrent);
  }

  protected fromState(state: DirectState): model.DirectModel {
    return model.fromState(state);
  }

  protected withChanges(known: model.DirectModel, changes: DirectChanges): model.DirectModel {
    return model.applyChanges(known, changes);
  }

  protected turn(known: model.DirectModel, event: ConsoleEvent): Turn<model.DirectModel> {
    const step = model.apply(known, event);
    if (step.left) this.leave();
    return step;
  }

  protected entriesOf(event: ConsoleEvent): readonly Entry[] {
    return 'entries' in event && 'direct' in event && event.direct.id === this.number ? event.entries : [];
  }

  protected tellRead(seq: number): Promise<unknown> {
    return call('PUT', `${pathOf(this.id)}/read`, { seq });
  }

  /** How it stands for me then, an event tells: to this page as to my others. */
  protected seen(): void {}

  protected lost(error: unknown): boolean {
    const gone = error instanceof ApiProblem && error.code === 'not_found';
    if (gone) this.drop('missing');
    return gone;
  }

  answered(entry: Entry, row: DirectRow): void {
    const before = this.current;
    if (before !== null) this.put(model.applyAnswer(before, entry, row), before);
  }
}
