/**
 * The frame's side of the talk with the loader.
 *
 * Only the window that holds the frame is listened to, and of it only the origin that said `start` first: that origin is
 * the site, and the server decides whether the inbox allows it. What is secret goes to that origin alone.
 */
import { MARK, read, type ToFrame, type ToLoader } from '../protocol.ts';

export interface Start {
  readonly resumeKey: string | null;
  readonly page: string | null;
  readonly locale: string;
}

export interface Heard {
  readonly opened: () => void;
  readonly closed: () => void;
}

export class Host {
  /** The site's origin; empty until it has spoken. */
  site = '';
  private readonly heard: Heard;
  private waiting: ((start: Start) => void)[] = [];

  constructor(heard: Heard) {
    this.heard = heard;
    addEventListener('message', (event) => this.receive(event));
  }

  /** Asks the loader for the newest resume key and where we are. */
  start(): Promise<Start> {
    const answer = new Promise<Start>((resolve) => this.waiting.push(resolve));
    parent.postMessage({ recado: MARK, type: 'ready' }, this.site || '*');
    return answer;
  }

  tell(message: ToLoader): void {
    if (this.site !== '') parent.postMessage({ recado: MARK, ...message }, this.site);
  }

  private receive(event: MessageEvent): void {
    if (event.source !== parent || event.source === window) return;
    const message = read<ToFrame>(event.data);
    if (message === null || (this.site !== '' && event.origin !== this.site)) return;
    if (message.type === 'start') this.started(event.origin, message);
    else if (this.site !== '' && message.type === 'opened') this.heard.opened();
    else if (this.site !== '' && message.type === 'closed') this.heard.closed();
  }

  private started(origin: string, message: ToFrame & { type: 'start' }): void {
    this.site = origin;
    const start = { resumeKey: text(message.resume_key), page: text(message.page), locale: String(message.locale) };
    for (const resolve of this.waiting.splice(0)) resolve(start);
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
