import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calls, complaints, patterns, placesOf, quoted } from '@recado/shared/catalogue-check.ts';
import { LOCALES, type Catalogue } from '@recado/shared/i18n.ts';
import { describe, expect, test } from 'vitest';
import { PLACEHOLDERS } from '../src/state/replies.ts';
import { KINDS } from '../src/features/settings/audit.ts';

const SOURCE = join(import.meta.dirname, '../src');
const read = (locale: string): Catalogue =>
  JSON.parse(readFileSync(join(SOURCE, `locales/${locale}.json`), 'utf8')) as Catalogue;
const english = read('en');
const code = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|svelte)$/.test(name))
  .map((name) => readFileSync(join(SOURCE, name), 'utf8'))
  .join('\n');

const LISTS = ['waiting', 'attending', 'paused', 'closed', 'archive'];
const ROLES = ['admin', 'supervisor', 'operator'];
const ACTIVITIES = ['started', 'claimed', 'assigned', 'released', 'resumed', 'reopened', 'blocked', 'looked_in', 'looked_away', 'added', 'shown_all', 'left'];
const BOXES = ['open', 'inbox', 'sent', 'archived'];
const PUSH_PHASES = ['looking', 'unsupported', 'insecure', 'install', 'denied', 'off', 'on'];
const ALERTS = ['all', 'mentions', 'none'];
/** What each key that the code puts together may become; null: any, because the server says the last word of it. */
const SPOKEN: Record<string, string[] | null> = {
  'activity.*': ACTIVITIES,
  'activity.*.me': ['added', 'shown_all'],
  'activity.mine.*': ['started', 'claimed', 'looked_in', 'added', 'shown_all', 'left', 'renamed', 'renamed.none'],
  'activity.returned.*': ['absent', 'disabled', 'department'],
  'attach.waiting.*': ['offline', 'busy', 'scanner_away'],
  'attach.why.*': null,
  'audit.*': [
    ...KINDS,
    'operator.changed.self',
    'reset_link.made.desk',
    'conversation.moved.to',
    'conversation.moved.waiting',
    'unblock.somebody',
  ],
  'audit.field.*': null,
  'audit.kind.*': [...KINDS],
  'availability.*': ['available', 'busy', 'away'],
  'availability.did.*': ['available', 'busy'],
  'availability.hint.*': ['available', 'busy', 'away'],
  'composer.*': ['noted', 'claims', 'online', 'offline', 'unknown'],
  'desk.*': [...LISTS, 'online', 'offline', 'unknown'],
  'desk.empty.*': LISTS,
  'desk.emptyHint.*': LISTS,
  'dnd.*': ['half', 'hour', 'morning'],
  'dnd.*Hint': ['half', 'hour', 'morning'],
  'fate.why.*': null,
  'field.*': null,
  'inbox.answerTime.*': ['measured', 'text', 'no'],
  'inbox.answerTimeHint.*': ['measured', 'text', 'no'],
  'inbox.ask.*': ['no', 'optional', 'required'],
  'inbox.corner.*': ['right', 'left'],
  'inbox.in.*': ['es', 'en', 'pt'],
  'inbox.language.*': ['es', 'en', 'pt'],
  'inbox.question.kind.*': ['text', 'choice'],
  'inbox.theme.*': ['system', 'light', 'dark'],
  'keys.group.*': ['lists', 'conversation', 'writing', 'page', 'pages'],
  'mail.lacks.*': ['server', 'serverAdmin', 'address'],
  'mail.lacksHint.*': ['server', 'serverAdmin', 'address'],
  'notify.customers.*': ['all', 'mine', 'none'],
  'notify.customersHint.*': ['all', 'mine', 'none'],
  'notify.internal.*': ALERTS,
  'notify.internalHint.*': ALERTS,
  'notify.kind.*': ['waiting', 'mine', 'internal', 'mention'],
  'notify.sound.*': ['bell', 'chime', 'drop', 'knock', 'none'],
  'place.*': [...PLACEHOLDERS],
  'problem.*': null,
  'push.hint.*': PUSH_PHASES,
  'push.phase.*': PUSH_PHASES,
  'reply.scope.*': ['personal', 'department', 'all'],
  'rules.assignment.*': ['manual', 'round_robin', 'least_busy'],
  'role.*': ROLES,
  'talk.alerts.*': ALERTS,
  'talk.box.*': BOXES,
  'talk.did.*': ALERTS,
  'talk.empty.*': BOXES,
  'talk.emptyHint.*': BOXES,
  'role.hint.*': ROLES,
  'rule.alarm.*': ['ring', 'push', 'supervisor'],
  'rule.alarmLabel.*': ['ring', 'push', 'supervisor'],
  'rule.*': ['manual', 'round_robin', 'least_busy'],
  'rule.*Does': ['manual', 'round_robin', 'least_busy'],
  'state.*': ['waiting', 'attending', 'paused', 'closed'],
  'trial.why.*': null,
  'thread.*': ['older', 'newer'],
  'thread.*Failed': ['older', 'newer'],
};

function expand(pattern: string): string[] {
  const [start, end] = pattern.split('*') as [string, string];
  const words = SPOKEN[pattern];
  if (words) return words.map((word) => start + word + end);
  return words === null ? Object.keys(english).filter((key) => key.startsWith(start)) : [];
}

describe.each(LOCALES)('the catalogue of %s', (locale) => {
  const catalogue = read(locale);

  test('has the keys of all others', () => {
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(english).sort());
  });

  test('fills the same places', () => {
    for (const [key, sentence] of Object.entries(catalogue)) {
      expect([key, placesOf(sentence)]).toEqual([key, placesOf(english[key]!)]);
    }
  });

  test('leaves nothing empty and shouts nowhere', () => {
    for (const [key, sentence] of Object.entries(catalogue)) {
      expect([key, JSON.stringify(sentence)]).toEqual([key, expect.not.stringMatching(/""|!/)]);
    }
  });

  test('has one and other for every count, and a count for each of them', () => {
    for (const [key, sentence] of Object.entries(catalogue)) {
      const plural = typeof sentence !== 'string';
      if (plural) expect([key, Object.keys(sentence)]).toEqual([key, ['one', 'other']]);
      const counts = plural ? english[key] : sentence;
      expect([key, plural]).toEqual([key, placesOf(counts!).includes('count') || typeof english[key] !== 'string']);
    }
  });

  test('gets from the code what its sentences have places for', () => {
    expect(calls(code).flatMap((call) => complaints(call, catalogue, expand))).toEqual([]);
  });
});

test('every key that is put together is told of here, with all that it may become', () => {
  const families = new Set(Object.keys(english).map((key) => key.split('.')[0]));
  const found = [...patterns(code)].filter((pattern) => families.has(pattern.split('.')[0]!));
  expect(found.sort()).toEqual(Object.keys(SPOKEN).sort());
  expect(Object.keys(SPOKEN).flatMap(expand).filter((key) => !(key in english))).toEqual([]);
});

test('every key is used', () => {
  const used = new Set([...quoted(code), ...Object.keys(SPOKEN).flatMap(expand)]);
  expect(Object.keys(english).filter((key) => !used.has(key))).toEqual([]);
});

test('every key that the code names is there', () => {
  const families = new Set(Object.keys(english).map((key) => key.split('.')[0]));
  const keys = calls(code).flatMap((call) => call.keys.filter((key) => /^[a-z]+\.[\w.]+$/i.test(key)));
  expect(keys.length).toBeGreaterThan(200);
  expect(keys.filter((key) => families.has(key.split('.')[0]!) && !(key in english))).toEqual([]);
});
