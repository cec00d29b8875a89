/** What is fetched when it is first asked for: without a connection it is said that it waits, and done once that is back. */
import type { Chat } from './chat.svelte.ts';
import type { Key } from './words.ts';

/** The parts, by the names of their buttons. */
export type Tool = 'attach' | 'emoji' | 'voice';

export class Later {
  /** What could not be fetched, in the order in which it was asked for. */
  #waiting: ReadonlyMap<Tool, () => void> = $state.raw(new Map());

  /** What is said of what was asked for last; undefined where nothing waits. */
  get said(): Key | undefined {
    const tool = [...this.#waiting.keys()].at(-1);
    return tool && (tool === 'voice' ? 'late.again' : 'late');
  }

  /** Fetches a part and uses it. `again`: what is done with it where it has kept somebody waiting. */
  fetch<T>(tool: Tool, part: () => Promise<T>, use: (part: T) => unknown, again = use): void {
    part().then(use, () => {
      const waiting = new Map(this.#waiting);
      waiting.delete(tool);
      this.#waiting = waiting.set(tool, () => this.fetch(tool, part, again));
    });
  }

  /** Tries all of it once more. */
  retry(): void {
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const again of waiting.values()) again();
  }
}

/** What is said while something waits; with a connection it is the server that has not got it yet. */
export const waits = ({ later, link }: Chat): Key | undefined => later.said && (link.well ? 'link.trying' : later.said);
