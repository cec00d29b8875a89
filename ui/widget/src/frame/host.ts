/**
 * The frame's side of the talk with the loader.
 *
 * Only the window that holds the frame is listened to, and of it only the origin that said `start` first: that origin is
 * the site, and the server decides whether the inbox allows it. What is secret goes to that origin alone.
 */
import { MARK, read, type ToFrame, type ToLoader } from '../protocol.ts';

export interface Start {
  /** What is kept with the site, by name; the resume key under ''. */
  readonly kept: Readonly<Record<string, string>>;
  readonly page: string | null;
  readonly locale: string;
}

export class Host {
  /** The site's origin; empty until it has spoken. */
  site = '';
  private open = false;
  private toggled: (open: boolean) => void = () => undefined;
  private waiting: ((start: Start) => void)[] = [];

  constructor() {
    addEventListener('message', (event) => this.receive(event));
  }

  /** Asks the loader for what is kept now and where we are. */
  start(): Promise<Start> {
    const answer = new Promise<Start>((resolve) => this.waiting.push(resolve));
    parent.postMessage({ recado: MARK, type: 'ready' }, this.site || '*');
    return answer;
  }

  tell(message: ToLoader): void {
    if (this.site !== '') parent.postMessage({ recado: MARK, ...message }, this.site);
  }

  /** Calls back with whether the chat is open: now, and whenever that changes. */
  whenToggled(toggled: (open: boolean) => void): void {
    this.toggled = toggled;
    toggled(this.open);
  }

  private receive(event: MessageEvent): void {
    if (event.source !== parent || event.source === window) return;
    const message = read<ToFrame>(event.data);
    if (message === null || (this.site !== '' && event.origin !== this.site)) return;
    if (message.type === 'start') this.started(event.origin, message);
    else if (this.site !== '') this.toggle(message.type === 'opened');
  }

  private started(origin: string, { kept, page, locale }: ToFrame & { type: 'start' }): void {
    this.site = origin;
    const texts = Object.entries(kept).filter(([, text]) => text !== '');
    const start = { kept: Object.fromEntries(texts), page: String(page), locale: String(locale) };
    for (const resolve of this.waiting.splice(0)) resolve(start);
  }

  private toggle(open: boolean): void {
    if (open === this.open) return;
    this.open = open;
    this.toggled(open);
  }
}
