/**
 * The visitor's session: a bearer token that lives in this object alone, got by the resume key that lies with the site.
 */
import { ApiProblem, request, type Method } from '@recado/shared/api.ts';
import type { VisitState } from '@recado/shared/wire.ts';
import type { Host } from './host.ts';
import { locale } from './words.ts';

export interface VisitEvents {
  /** Told of every visit: the first, and those that follow when the token has run out. */
  readonly arrived: (visit: VisitState) => void;
  /** The inbox does not exist, or does not allow this site. */
  readonly refused: (code: string) => void;
}

export class Session {
  private readonly host: Host;
  private readonly inbox: string;
  private readonly events: VisitEvents;
  private held: string | null = null;
  private visiting: Promise<string> | null = null;

  constructor(host: Host, inbox: string, events: VisitEvents) {
    this.host = host;
    this.inbox = inbox;
    this.events = events;
  }

  /** A token that was good a moment ago; throws `ApiProblem`. */
  token(): Promise<string> {
    if (this.held !== null) return Promise.resolve(this.held);
    this.visiting ??= this.visit().finally(() => {
      this.visiting = null;
    });
    return this.visiting;
  }

  /** The server no longer takes the token: the next request visits again. */
  expire(): void {
    this.held = null;
  }

  /** One request below /widget; a token that has run out is renewed and the request made once more. */
  async request<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const token = await this.token();
    try {
      return await request<T>(method, `/widget${path}`, body, { token });
    } catch (problem) {
      if (!(problem instanceof ApiProblem) || problem.status !== 401) throw problem;
      if (this.held === token) this.expire();
      return request<T>(method, `/widget${path}`, body, { token: await this.token() });
    }
  }

  private async visit(): Promise<string> {
    // Another tab may have used the key meanwhile: the newest one lies with the loader.
    const { kept, page } = await this.host.start();
    const body = { inbox: this.inbox, site: this.host.site, resume_key: kept[''] ?? null, page, locale: locale() };
    const visit = await request<VisitState>('POST', '/widget/visits', body).catch((problem: unknown) => {
      const final = problem instanceof ApiProblem && (problem.status === 403 || problem.status === 404);
      if (final) this.events.refused(problem.code);
      throw problem;
    });
    this.host.tell({ type: 'keep', name: '', text: visit.resume_key });
    this.held = visit.token;
    this.events.arrived(visit);
    return visit.token;
  }
}
