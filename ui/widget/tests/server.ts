import { expect, vi } from 'vitest';

/** A server whose answers we give by hand, in the order we like. */
export class Server {
  readonly sockets: { onmessage?: (message: { data: string }) => void; close: () => void }[] = [];
  private readonly asked: { path: string; body: unknown; answer: (body: unknown, status: number) => void }[] = [];

  constructor() {
    const { asked, sockets } = this;
    vi.stubGlobal('fetch', (path: string, init?: RequestInit) => {
      const body: unknown = JSON.parse(String(init?.body ?? 'null'));
      return new Promise((resolve) => {
        asked.push({ path, body, answer: (answer, status) => resolve(Response.json(answer, { status })) });
      });
    });
    vi.stubGlobal('WebSocket', function () {
      const socket = { close: () => undefined };
      sockets.push(socket);
      return socket;
    });
  }

  /** Answers the oldest request for `path` that waits. */
  async answer(path: string, body: unknown, status = 200): Promise<void> {
    await this.take(path, status)(body);
  }

  /** An event, to the newest page. */
  tell(event: object): void {
    this.sockets.at(-1)?.onmessage?.({ data: JSON.stringify(event) });
  }

  /** Holds the oldest request for `path` back, to be answered later. */
  take(path: string, status = 200): (body: unknown) => Promise<void> {
    const index = this.asked.findIndex((one) => one.path.endsWith(path));
    expect(index, path).not.toBe(-1);
    const [one] = this.asked.splice(index, 1);
    return async (body) => {
      one?.answer(body, status);
      await vi.advanceTimersByTimeAsync(1);
    };
  }

  /** What the oldest request for `path` that waits has brought. */
  bodyOf(path: string): unknown {
    return this.asked.find((one) => one.path.endsWith(path))?.body;
  }

  get waiting(): string[] {
    return this.asked.map(({ path }) => path);
  }

  async hello(epoch: string): Promise<void> {
    this.tell({ type: 'hello', epoch });
    await vi.advanceTimersByTimeAsync(1);
  }
}
