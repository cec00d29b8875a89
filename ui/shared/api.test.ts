import { afterEach, describe, expect, test, vi } from 'vitest';
import { ApiProblem, request } from './api.ts';

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(() => Promise.resolve(new Response(status === 204 ? null : body, { status, headers }))),
  );
const failure = async (): Promise<ApiProblem> => {
  try {
    await request('POST', '/x', { a: 1 });
  } catch (error) {
    return error as ApiProblem;
  }
  throw new Error('it succeeded');
};

afterEach(() => vi.unstubAllGlobals());

describe('an answer', () => {
  test('is the parsed body, or undefined where there is none', async () => {
    answer(200, '{"id":1}');
    expect(await request('GET', '/x')).toEqual({ id: 1 });
    answer(204, '');
    expect(await request('DELETE', '/x')).toBeUndefined();
  });

  test('tells the server clock where it carries it', async () => {
    answer(200, '{}', { date: 'Sat, 21 Nov 2026 10:00:00 GMT' });
    const onDate = vi.fn();
    await request('GET', '/x', undefined, { onDate });
    expect(onDate).toHaveBeenCalledWith(Date.UTC(2026, 10, 21, 10));
  });
});

describe('a failure', () => {
  test('carries code, fields and whatever else the problem says', async () => {
    answer(409, '{"status":409,"code":"taken","operator":{"id":7,"name":"Ana"}}');
    expect(await failure()).toMatchObject({
      status: 409,
      code: 'taken',
      extra: { operator: { id: 7, name: 'Ana' } },
      passing: false,
    });
    answer(400, '{"code":"invalid","errors":[{"field":"body","code":"nul","detail":""}]}');
    expect((await failure()).errors).toEqual([{ field: 'body', code: 'nul', detail: '' }]);
  });

  test('without a code of ours goes by its status', async () => {
    answer(502, '<html>Bad Gateway</html>');
    expect(await failure()).toMatchObject({ code: 'unknown', passing: true });
    answer(413, '');
    expect(await failure()).toMatchObject({ code: 'too_large', passing: false });
  });

  test('says how long to wait', async () => {
    answer(429, '{"code":"too_many"}', { 'retry-after': '7' });
    expect(await failure()).toMatchObject({ retryAfter: 7, passing: true });
  });

  test('to reach anybody is offline', async () => {
    vi.stubGlobal(
      'fetch',
      vi.fn(() => Promise.reject(new TypeError('no network'))),
    );
    expect(await failure()).toMatchObject({ status: 0, code: 'offline', passing: true });
  });
});
