/**
 * A name looked for on the server, since lists are loaded page by page: after a pause in typing, one question at a time. Of those
 * that come up meanwhile the last is asked.
 */
import type { ConversationRow, Found } from '@recado/shared/wire.ts';
import { once } from './backend.ts';

const PAUSE_MS = 150;

export class NameSearch {
  /** Whom the last answer told of; those of the question before it stay until then. */
  rows = $state.raw<readonly ConversationRow[]>([]);
  more = $state(false);
  busy = $state(false);
  failed = $state(false);
  private name = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = Promise.resolve();

  /** A number is no name: it is opened, not looked for. */
  ask(query: string): void {
    const name = query.trim().startsWith('#') ? '' : query.trim();
    if (name === this.name) return;
    this.name = name;
    clearTimeout(this.timer);
    this.busy = name !== '';
    this.failed = this.more = false;
    if (name === '') this.rows = [];
    else this.timer = setTimeout(() => (this.asked = this.asked.then(() => this.fetch(name))), PAUSE_MS);
  }

  private async fetch(name: string): Promise<void> {
    if (name !== this.name) return;
    const found = await once<Found>('POST', '/conversations/search', { name }).catch(() => null);
    if (name !== this.name) return;
    this.busy = false;
    this.failed = found === null;
    this.more = found?.more ?? false;
    this.rows = found?.items ?? [];
  }
}
