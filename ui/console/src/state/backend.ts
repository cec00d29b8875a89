/**
 * Every request of the console goes through here. Where the session has ended, the request waits until somebody has signed in
 * again (the dialog over the page) and is then made once more: nothing that was typed or clicked is lost.
 */
import { ApiProblem, request, type Method, type RequestOptions } from '@recado/shared/api.ts';
import { time } from './time.svelte.ts';

/** What requests need to know of the session. */
export interface Signed {
  /** Resolves when somebody is signed in again, and rejects when nobody will be; asked at each 401. */
  readonly renewed: () => Promise<void>;
  /** In whose name this page is open. */
  readonly me: { readonly id: number } | null | undefined;
}

let signed: Signed | null = null;

export function goBy(session: Signed): void {
  signed = session;
}

/** The answer to a console request; throws `ApiProblem`. */
export async function call<T>(method: Method, path: string, body?: unknown, options?: RequestOptions): Promise<T> {
  try {
    return await bare<T>(method, path, body, options);
  } catch (error) {
    if (!isLapse(error) || signed === null) throw error;
    await signed.renewed();
    return bare<T>(method, path, body, options);
  }
}

/** The same for what is tried again anyway: where the session has ended somebody is asked to sign in, and it fails at once. */
export async function once<T>(method: Method, path: string, body?: unknown): Promise<T> {
  try {
    return await bare<T>(method, path, body);
  } catch (error) {
    if (isLapse(error)) void signed?.renewed().catch(() => undefined);
    throw error;
  }
}

const isLapse = (error: unknown): boolean => error instanceof ApiProblem && error.code === 'unauthenticated';

/**
 * The same without waiting for a new session: for signing in itself, and for asking who is signed in. What changes something
 * says in whose name: the cookie is the browser's, and may be another operator's by now.
 */
export function bare<T>(method: Method, path: string, body?: unknown, options?: RequestOptions): Promise<T> {
  const headers = method === 'GET' ? {} : changing();
  return request<T>(method, `/console${path}`, body, { ...options, headers, onDate: time.heard });
}

/** What goes along with whatever changes something. */
export function changing(): Record<string, string> {
  return signed?.me ? { 'recado-operator': String(signed.me.id) } : {};
}
