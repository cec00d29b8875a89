/** A form's errors: what the page sees goes once it is mended, what the server has refused with the next attempt. */
import { ApiProblem } from '@recado/shared/api.ts';
import { beforeEach, expect, test } from 'vitest';
import { Submission } from '../src/state/form.svelte.ts';
import { speak } from '../src/state/language.svelte.ts';

beforeEach(() => speak('en'));

test('what the page finds wrong is shown from the first attempt on, and gone once it is mended', () => {
  let name = '' as string;
  const form = new Submission((): Record<string, string> => (name === '' ? { name: 'needed' } : {}));
  expect(form.fields).toEqual({});
  expect([form.sound(), form.fields]).toEqual([false, { name: 'needed' }]);
  name = 'Ana';
  expect([form.fields, form.sound(), form.tried]).toEqual([{}, true, false]);
  name = '';
  expect(form.fields).toEqual({});
});

test('what was refused stands at its field, or over all, until it is sent or given up', async () => {
  const form = new Submission();
  const field = new ApiProblem(400, 'invalid', [{ field: 'name', code: 'control_character', detail: '' }]);
  expect(await form.run(() => Promise.reject(field))).toBe(false);
  expect([Object.keys(form.fields), form.problem]).toEqual([['name'], null]);
  expect(await form.run(() => Promise.reject(new ApiProblem(503, 'busy')))).toBe(false);
  expect([form.fields, form.problem]).toEqual([{}, expect.stringContaining('busy')]);
  form.clear();
  expect([form.fields, form.problem]).toEqual([{}, null]);
  expect(await form.run(() => Promise.resolve())).toBe(true);
});
