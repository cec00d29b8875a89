/** An address is a page of ours for this role, or it is none: then the console says so, and not which of the two. */
import { describe, expect, test } from 'vitest';
import { pageOf, settingsPage } from '../src/state/addresses.ts';

describe('an address', () => {
  test.each([
    ['/', 'start'],
    ['/desk', 'desk'],
    ['/desk/', 'desk'],
    ['/desk/1042', 'desk'],
    ['/account', 'account'],
    ['/sign-in', 'sign-in'],
    ['/join', 'join'],
  ])('%s is a page for everybody', (path, page) => {
    expect(pageOf(path, 'operator')).toBe(page);
    expect(pageOf(path, 'admin')).toBe(page);
  });

  test.each(['/whatever', '/conversations/5', '/desk/none', '/desk/0', '/desk/5/notes', `/desk/${'9'.repeat(20)}`, '/settings/nonsense', '/accounts', '/join/us'])(
    '%s is none, for anybody',
    (path) => {
      expect([pageOf(path, 'operator'), pageOf(path, 'admin'), pageOf(path, null)]).toEqual([null, null, null]);
    },
  );

  test.each([
    ['/team', [null, 'team', 'team']],
    ['/settings', ['settings', 'settings', 'settings']],
    ['/settings/replies', ['settings', 'settings', 'settings']],
    ['/settings/blocks', [null, 'settings', 'settings']],
    ['/settings/audit', [null, null, 'settings']],
    ['/settings/departments/3/hours', [null, null, 'settings']],
    ['/settings/inboxes/new', [null, null, 'settings']],
    ['/settings/inboxes/old', [null, null, null]],
    ['/settings/departments/3/days', [null, null, null]],
  ])('%s is a page for whoever may open it', (path, pages) => {
    expect((['operator', 'supervisor', 'admin'] as const).map((role) => pageOf(path, role))).toEqual(pages);
  });
});

describe('settings', () => {
  test('without a name are the first that one may see', () => {
    expect([settingsPage('/settings', 'admin'), settingsPage('/settings', 'operator')]).toEqual(['departments', 'replies']);
  });

  test('are what their address names', () => {
    expect(settingsPage('/settings/departments/3/hours', 'admin')).toBe('departments');
  });
});
