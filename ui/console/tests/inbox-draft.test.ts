import { expect, test } from 'vitest';
import { InboxDraft, originOf } from '../src/features/settings/inbox-draft.svelte.ts';

test.each([
  ['https://shop.example/contact?x=1', 'https://shop.example'],
  ['shop.example', 'https://shop.example'],
  ['localhost:8001', 'http://localhost:8001'],
  ['127.0.0.1:8001', 'http://127.0.0.1:8001'],
  ['http://[::1]:80/x', 'http://[::1]'],
  ['shop', null],
  ['javascript:alert(1)', null],
  ['https://', null],
])('the site in %s', (typed, origin) => expect(originOf(typed)).toBe(origin));

test('an inbox has changed only where what is sent has', () => {
  const draft = new InboxDraft(null, 3);
  expect(draft.changed).toBe(false);
  draft.name = '  ';
  expect(draft.changed).toBe(false);
  draft.name = 'Shop';
  expect(draft.changed).toBe(true);
});

test('what is wrong is named before the server is asked', () => {
  const draft = new InboxDraft(null, 3);
  draft.sites = 'shop.example, nowhere';
  draft.colour = 'red';
  expect(Object.keys(draft.mistakes)).toEqual(['name', 'sites', 'colour']);
});
