/**
 * Every request of the console goes through here. Where the session has ended, the request waits until somebody has signed in
 * again (the dialog over the page) and is then made once more: nothing that was typed or clicked is lost.
 */
import { ApiProblem, request, type Method, type RequestOptions } from '@recado/shared/api.ts';
import { time } from './time.svelte.ts';

let renewal: (() => Promise<void>) | null = null;

/** `renew` resolves when somebody is signed in again, and rejects when nobody will be; it is asked at each 401. */
export function onLapse(renew: (() => Promise<void>) | null): void {
  renewal = renew;
}

/** The answer to a console request; throws `ApiProblem`. */
export async function call<T>(method: Method, path: string, body?: unknown, options?: RequestOptions): Promise<T> {
  try {
    return await bare<T>(method, path, body, options);
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'unauthenticated' || renewal === null) throw error;
    await renewal();
    return bare<T>(method, path, body, options);
  }
}

/** The same without waiting for a new session: for signing in itself, and for asking who is signed in. */
export function bare<T>(method: Method, path: string, body?: unknown, options?: RequestOptions): Promise<T> {
  return request<T>(method, `/console${path}`, body, { ...options, onDate: time.heard });
}
