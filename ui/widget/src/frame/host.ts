/**
 * The frame's side of the talk with the loader.
 *
 * Only the window that holds the frame is listened to, and of it only the origin that said `start` first: that origin is
 * the site, and the server decides whether the inbox allows it. All else goes by the channel that came with it; of several,
 * the last, as for the loader: what it says to a page that it has loaded anew may still be an answer to the one before.
 */
import { MARK, read, type Start, type ToFrame, type ToLoader } from '../protocol.ts';
export type { Start } from '../protocol.ts';

export class Host {
  /** The site's origin; empty until it has spoken. */
  site = '';
  #port: MessagePort | null = null;
  #told: (message: ToFrame) => void = (message) => void this.#early.push(message);
  #early: ToFrame[] = [];
  #waiting: ((start: Start) => void)[] = [];

  constructor() {
    addEventListener('message', (event) => this.#meet(event));
  }

  /** Asks the loader for what is kept now and where we are. */
  start(): Promise<Start> {
    const answer = new Promise<Start>((resolve) => this.#waiting.push(resolve));
    if (this.#port) this.tell({ type: 'ready' });
    else parent.postMessage({ recado: MARK, type: 'ready' }, '*');
    return answer;
  }

  tell(message: ToLoader): void {
    this.#port?.postMessage(message);
  }

  /** Calls back with what the loader says, from the beginning. */
  hear(told: (message: ToFrame) => void): void {
    this.#told = told;
    for (const message of this.#early.splice(0)) told(message);
  }

  #meet({ source, data, origin, ports }: MessageEvent): void {
    if (source !== parent || source === window || (this.site !== '' && origin !== this.site)) return;
    const message = read<ToFrame>(data);
    if (message?.type !== 'start' || ports[0] === undefined) return;
    this.site = origin;
    this.#port = ports[0];
    this.#port.onmessage = (event) => this.#receive(event.data as ToFrame);
    this.#receive(message);
  }

  #receive(message: ToFrame): void {
    if (message.type === 'start') for (const resolve of this.#waiting.splice(0)) resolve(message);
    else this.#told(message);
  }
}
