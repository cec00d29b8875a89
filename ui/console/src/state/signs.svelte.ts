/** What passes and is never stored: who writes, who looks, whose visitor is there. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Author, ConsoleEvent } from '@recado/shared/wire.ts';

const FADES_AFTER_MS = 6_000;

export class Signs {
  readonly online = new SvelteSet<number>();
  readonly looking = new SvelteMap<number, readonly number[]>();
  readonly typing = new SvelteMap<number, Author>();
  private readonly fading = new Map<number, ReturnType<typeof setTimeout>>();

  /** All visitors who are connected and all colleagues who look, as a fetch tells. */
  reset(online: readonly number[], looking: Readonly<Record<string, readonly number[]>>): void {
    this.online.clear();
    for (const id of online) this.online.add(id);
    this.looking.clear();
    for (const [id, operators] of Object.entries(looking)) this.looking.set(Number(id), operators);
    for (const id of [...this.typing.keys()]) this.stopped(id);
  }

  apply(event: ConsoleEvent): void {
    if (event.type === 'typing') this.writes(event.conversation, event.author);
    else if (event.type === 'looking') this.looking.set(event.conversation, event.operators);
    else if (event.type === 'visitor.presence') this.present(event.conversation, event.online);
    else if (event.type === 'conversation.taken' || event.type === 'conversation.left') this.left(event.id);
    else if (event.type === 'conversation.claimed' && this.typing.get(event.conversation.id)?.kind === 'operator') {
      this.stopped(event.conversation.id);
    } else if (event.type === 'message.posted' && event.entries.some((entry) => entry.author.kind === 'visitor')) {
      this.stopped(event.conversation.id);
    }
  }

  private present(id: number, online: boolean): void {
    if (online) this.online.add(id);
    else {
      this.online.delete(id);
      this.stopped(id);
    }
  }

  private left(id: number): void {
    this.online.delete(id);
    this.looking.delete(id);
    this.stopped(id);
  }

  private writes(id: number, author: Author): void {
    clearTimeout(this.fading.get(id));
    this.typing.set(id, author);
    this.fading.set(
      id,
      setTimeout(() => this.stopped(id), FADES_AFTER_MS),
    );
  }

  private stopped(id: number): void {
    clearTimeout(this.fading.get(id));
    this.fading.delete(id);
    this.typing.delete(id);
  }
}
