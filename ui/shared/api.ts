/**
 * One request to the server: JSON in, JSON out, every failure an `ApiProblem` with a code the page can render.
 * Nothing here retries or knows who is signed in.
 */
import type { FieldError } from './wire.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RequestOptions {
  /** Bearer token; the console goes by its cookie instead. */
  token?: string;
  /** What else the server is told with it. */
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  /** Milliseconds until the attempt counts as offline. */
  timeout?: number;
  /** Told the server's clock (ms, by whole seconds) with each answer that carries it. */
  onDate?: (now: number) => void;
}

const PREFIX = '/api/v1';
const TIMEOUT_MS = 20_000;

/**
 * Why a request did not succeed. `status` is 0 and `code` 'offline' where no answer came at all: then nobody knows whether
 * the server acted, so what carries a client id may be sent again.
 */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly errors: FieldError[] = [],
    readonly extra: Record<string, unknown> = {},
    /** Seconds the server asked to wait, where it did. */
    readonly retryAfter: number | null = null,
  ) {
    super(code);
    this.name = 'ApiProblem';
  }

  /** True where the same request may succeed later without anybody changing it. */
  get passing(): boolean {
    return ['offline', 'busy', 'unknown', 'too_many'].includes(this.code);
  }
}

/** The server's answer to `path` (below /api/v1), or undefined where it has no body. Throws `ApiProblem` alone. */
export async function request<T>(
  method: Method,
  path: string,
  body?: unknown,
  options: RequestOptions = {},
): Promise<T> {
  const timeout = AbortSignal.timeout(options.timeout ?? TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(PREFIX + path, {
      method,
      signal,
      cache: 'no-store',
      // What is given up is given up, also by a page that is left at once.
      keepalive: method === 'DELETE',
      headers: { ...headers(method, options.token), ...options.headers },
      body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
    });
    text = await answer.text();
  } catch {
    throw new ApiProblem(0, options.signal?.aborted ? 'aborted' : 'offline');
  }
  const date = Date.parse(answer.headers.get('date') ?? '');
  if (!Number.isNaN(date)) options.onDate?.(date);
  if (!answer.ok) throw problem(answer, text);
  return (text === '' ? undefined : parse(text)) as T;
}

function headers(method: Method, token: string | undefined): Record<string, string> {
  return {
    accept: 'application/json',
    ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}

function problem(answer: Response, text: string): ApiProblem {
  const { type, title, status, detail, code, errors, ...extra } = (parse(text) ?? {}) as Record<string, unknown>;
  const wait = Number(answer.headers.get('retry-after'));
  return new ApiProblem(
    answer.status,
    typeof code === 'string' ? code : byStatus(answer.status),
    Array.isArray(errors) ? (errors as FieldError[]) : [],
    extra,
    wait > 0 ? wait : null,
  );
}

/** A proxy in between answers without a code of ours; what it means is told by its status. */
function byStatus(status: number): string {
  if (status >= 500) return 'unknown';
  return { 401: 'unauthenticated', 404: 'not_found', 413: 'too_large', 429: 'too_many' }[status] ?? 'invalid';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
