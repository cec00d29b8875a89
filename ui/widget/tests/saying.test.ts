/** What the chat's dialog says of a file that waits, or is not taken. */
import { ApiProblem } from '@recado/shared/api.ts';
import type { FileUpload, UploadState } from '@recado/shared/upload.ts';
import { beforeAll, expect, test, vi } from 'vitest';
import { Row } from '../src/attach/parcel.ts';
import { canRetry, progress, refusal } from '../src/attach/saying.ts';
import { learn } from '../src/attach/words.ts';
import english from '../src/attach/words/en.json';

beforeAll(async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(english)));
  await learn();
});

function row(state: UploadState, status: number, code: string): Row {
  const one = new Row(new File(['12345'], 'a.pdf'));
  one.upload = { state, sent: 2, bytesPerSecond: 0, result: null, problem: new ApiProblem(status, code, [], {}, null) } as unknown as FileUpload;
  return one;
}

test.each([
  ['quota', 429, english['why.quota'], true],
  ['blocked', 403, english['why.blocked'], false],
  ['no_space', 507, english['why.no_space'], true],
  ['something new', 400, english['why.other'], true],
])('why %s keeps a file from being taken, and whether to try again', (code, status, words, again) => {
  const refused = row('failed', status, code);
  expect([refusal(refused), canRetry(refused)]).toEqual([words, again]);
});

test.each([
  ['scanner_away', english['waiting.scanner_away']],
  ['busy', english['waiting.busy']],
  ['offline', 'No connection'],
])('what is waited for with %s is no refusal, and goes on by itself', (code, words) => {
  const waits = row('waiting', 503, code);
  expect([refusal(waits), canRetry(waits)]).toEqual([null, false]);
  expect(progress(waits)).toContain(words);
});
