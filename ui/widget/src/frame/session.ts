/**
 * The visitor's session: a bearer token that lives in this object alone, got by what the site has signed, or by the resume
 * key that lies with the site.
 */
import { ApiProblem, request, type Method } from '@recado/shared/api.ts';
import type { VisitState } from '@recado/shared/wire.ts';
import type { Start } from '../protocol.ts';
import type { Host } from './host.ts';
import { locale } from './words.ts';

export interface VisitEvents {
  /** Told of every visit: the first, and those that follow when the token has run out. */
  readonly arrived: (visit: VisitState) => void;
  /** The inbox does not exist, or does not allow this site. */
  readonly refused: (code: string) => void;
  /** What the site has signed does not hold, or no longer: until it signs anew, nothing is asked as anybody. */
  readonly expired: () => void;
}

export class Session {
  /** Whom the site has signed, by its own id; '' for nobody. Whoever came by that never becomes another visitor. */
  readonly user: string;
  /** What it has signed; null for nobody. */
  #identity: string | null = null;
  readonly #host: Host;
  readonly #inbox: string;
  readonly #events: VisitEvents;
  #held: string | null = null;
  #visiting: Promise<string> | null = null;
  /** A verified visitor's resume key, which is nobody's but this page's. */
  #key: string | null = null;
  /** The signature that was refused: nothing is asked with it again. */
  #refused: string | undefined;

  constructor(host: Host, inbox: string, identity: unknown, events: VisitEvents) {
    this.#host = host;
    this.#inbox = inbox;
    this.#events = events;
    this.user = subjectOf(identity);
    if (identity !== undefined) this.identify(identity);
  }

  /** Takes what the site has signed now, where it is the same user's, and gives whose it is; where nobody's, its developer is told. */
  identify(token: unknown): string {
    const user = subjectOf(token);
    if (user === '') this.#host.tell({ type: 'warn', text: 'identity: malformed' });
    else if (user === this.user) this.#identity = String(token);
    return user;
  }

  /** A token that was good a moment ago; throws `ApiProblem`. */
  token(): Promise<string> {
    if (this.#held !== null) return Promise.resolve(this.#held);
    this.#visiting ??= this.#visit().finally(() => {
      this.#visiting = null;
    });
    return this.#visiting;
  }

  /** The server no longer takes the token: the next request visits again. */
  expire(): void {
    this.#held = null;
  }

  /** Asks for everything anew, where what is known may no longer be so. */
  async renew(): Promise<void> {
    this.expire();
    await this.token().catch(() => undefined);
  }

  /** One request below /widget; a token that has run out is renewed and the request made once more. */
  async request<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const token = await this.token();
    try {
      return await request<T>(method, `/widget${path}`, body, { token });
    } catch (problem) {
      if (!(problem instanceof ApiProblem) || problem.status !== 401) throw problem;
      if (this.#held === token) this.expire();
      return request<T>(method, `/widget${path}`, body, { token: await this.token() });
    }
  }

  async #visit(): Promise<string> {
    if (this.#identity === this.#refused) throw new Error('identity');
    // Another tab may have used the key meanwhile: the newest one lies with the loader.
    const start = await this.#host.start();
    const key = this.#key ?? (this.#identity === null ? (start.kept[''] ?? null) : null);
    const identity = this.#key === null ? this.#identity : null;
    const visit = await this.#arrive(start, key, identity);
    if (this.#key !== null && !visit.visitor.verified) {
      // A day has passed: this key opens nothing more, and what came instead of it is not our visitor.
      this.#key = null;
      return this.#visit();
    }
    if (visit.visitor.verified) this.#key = visit.resume_key;
    else this.#host.tell({ type: 'keep', name: '', text: visit.resume_key });
    this.#held = visit.token;
    this.#events.arrived(visit);
    return visit.token;
  }

  async #arrive(start: Start, key: string | null, identity: string | null): Promise<VisitState> {
    const page = start.page.split(/[?#]/u)[0];
    const told = { page, locale: locale(), data: textsOf(start.data), ...(identity === null ? {} : { identity }) };
    try {
      const body = { inbox: this.#inbox, site: this.#host.site, resume_key: key, ...told };
      return await request<VisitState>('POST', '/widget/visits', body);
    } catch (problem) {
      if (!(problem instanceof ApiProblem)) throw problem;
      if (problem.status === 403 || problem.status === 404) this.#events.refused(problem.code);
      const wrong = problem.errors.find(({ field }) => field === 'identity' || field === 'data');
      if (wrong === undefined) throw problem;
      // What the page's scripts have brought is refused: said to them. Without its data the chat goes on, not as nobody.
      this.#host.tell({ type: 'warn', text: `${wrong.field}: ${wrong.code}` });
      if (wrong.field === 'data') return this.#arrive({ ...start, data: null }, key, identity);
      this.#refused = identity!;
      this.#events.expired();
      throw new Error(wrong.code);
    }
  }
}

/** What the page tells of its user, as texts; nothing where it is no object. */
function textsOf(data: unknown): Record<string, string> {
  const pairs = typeof data === 'object' && data !== null ? Object.entries(data) : [];
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
}

/** Whom a token is about, unchecked, '' for nobody: for keeping apart what different users of one browser have not sent. */
function subjectOf(token: unknown): string {
  try {
    const part = String(token).split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    return String((JSON.parse(atob(part)) as { sub?: unknown }).sub ?? '');
  } catch {
    return '';
  }
}
