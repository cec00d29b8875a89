/** The audit log on the page: in words, page by page, and true while others go on. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AuditItem, AuditKind, AuditPage } from '@recado/shared/wire.ts';
import { doer, KINDS, particulars, sentence } from '../src/features/settings/audit.ts';
import { AuditState } from '../src/state/audit.svelte.ts';
import { speak } from '../src/state/language.svelte.ts';
import type { SettingsState } from '../src/state/settings.svelte.ts';

const settings = {
  operators: { items: [{ id: 1, name: 'Adela' }, { id: 2, name: 'Ana' }] },
  departments: { items: [{ id: 1, name: 'Ventas' }, { id: 2, name: 'Soporte' }] },
  inboxes: { items: [{ id: 5, name: 'Tienda' }] },
} as unknown as SettingsState;

function line(id: number, more: Partial<AuditItem> = {}): AuditItem {
  return { id, at: id, kind: 'operator.changed', operator: 1, about: 'operator', about_id: 2, detail: {}, ...more };
}

/** A server whose log this is, in pages of two; `asked` are the addresses. */
function serves(log: AuditItem[]): { log: AuditItem[]; asked: string[] } {
  const server = { log, asked: [] as string[] };
  vi.stubGlobal('fetch', async (url: string) => {
    server.asked.push(url);
    const before = Number(new URL(url, 'http://x').searchParams.get('before') ?? Infinity);
    const found = server.log.filter((one) => one.id < before).sort((a, b) => b.id - a.id);
    const page: AuditPage = { items: found.slice(0, 2), next: found.length > 2 ? found[1]!.id : null };
    return new Response(JSON.stringify(page), { headers: { 'content-type': 'application/json' } });
  });
  return server;
}

const ids = (audit: AuditState) => audit.items?.map((one) => one.id);

beforeEach(() => speak('en'));
afterEach(() => vi.unstubAllGlobals());

test('every kind is a sentence with the names of today, whoever did it', () => {
  for (const kind of KINDS) {
    for (const operator of [1, null]) {
      const said = sentence(line(1, { kind, operator, detail: { operator: 1, owner: 2, role: 'admin' } }), settings);
      expect([kind, said]).toEqual([kind, expect.not.stringMatching(/audit\.|\{|undefined/)]);
    }
  }
});

test.each([
  [line(1, { detail: { fields: ['role', 'departments'], role: 'supervisor', departments: [2] } }), 'Adela changed the account of Ana', 'role: supervisor · departments: Soporte'],
  [line(1, { detail: { fields: ['disabled'], disabled: true } }), 'Adela changed the account of Ana', 'disabled'],
  [
    line(1, {
      kind: 'department.changed',
      about: 'department',
      about_id: 1,
      detail: { fields: ['assignment', 'absence_minutes', 'look_in', 'hours'], assignment: 'least_busy', absence_minutes: null, look_in: true },
    }),
    'Adela changed the department Ventas',
    'assignment: To the least busy · absence: never · looking in: on · hours',
  ],
  [line(1, { detail: { fields: ['chat_limit'], chat_limit: 4 } }), 'Adela changed the account of Ana', 'limit of conversations: 4'],
  [line(1, { kind: 'reasons.changed', about: 'reason', detail: { fields: ['created'] } }), 'Adela changed the reasons for closing', 'a new one'],
  [line(1, { about_id: 1, detail: { fields: ['name'] } }), 'Adela changed their own account', 'name'],
  [line(1, { kind: 'inbox.changed', about: 'inbox', about_id: 5, detail: { fields: ['sites', 'novelty'] } }), 'Adela changed the inbox Tienda', 'sites · other settings'],
  [line(1, { kind: 'look_in', about: 'conversation', about_id: 1042 }), 'Adela looked into conversation #1042', ''],
  [line(1, { kind: 'conversation.moved', about: 'conversation', about_id: 8, detail: { owner: 2 } }), 'Adela moved conversation #8, which Ana attended', ''],
  [line(1, { kind: 'conversation.moved', about: 'conversation', about_id: 8, detail: { owner: 2, to: 1 } }), 'Adela moved conversation #8, which Ana attended, to Adela', ''],
  [
    line(1, { kind: 'conversation.moved', about: 'conversation', about_id: 8, detail: { owner: 2, department: 2 } }),
    'Adela moved conversation #8, which Ana attended, to Waiting in Soporte',
    '',
  ],
  [line(1, { kind: 'unblock', about: 'visitor', about_id: 9, detail: { conversation: 7 } }), 'Adela lifted the block of the visitor of conversation #7', ''],
  [line(1, { kind: 'unblock', about: 'visitor', about_id: 9 }), 'Adela lifted the block of a visitor', ''],
  [line(1, { kind: 'block', about: 'visitor', about_id: 9, detail: { conversation: 7, network: 1 } }), 'Adela blocked the visitor of conversation #7', 'their network too, for a day'],
  [line(1, { kind: 'department.created', about: 'department', about_id: 77 }), 'Adela made the department #77', ''],
  [line(1, { kind: 'reset_link.made', operator: null }), 'A link for Ana to set a new password was made on the server', ''],
  [line(1, { kind: 'novelty' as AuditKind }), 'Something this version does not know: novelty', ''],
])('%o', (one, said, more) => {
  expect([sentence(one, settings), particulars(one, settings)]).toEqual([said, more]);
});

test('beside who came in by a link stands their own face', () => {
  expect(doer(line(1, { kind: 'password.reset', operator: null }))).toBe(2);
  expect(doer(line(1, { kind: 'reset_link.made', operator: null }))).toBe(null);
  expect(doer(line(1))).toBe(1);
});

test('pages follow each other without a gap, and new lines come on top of what was read', async () => {
  const server = serves([1, 2, 3, 4, 5].map((id) => line(id)));
  const audit = new AuditState();
  await audit.load();
  expect([ids(audit), audit.next]).toEqual([[5, 4], 4]);
  await audit.more();
  expect([ids(audit), audit.next]).toEqual([[5, 4, 3, 2], 2]);
  server.log.push(line(6));
  await audit.load();
  expect([ids(audit), audit.next]).toEqual([[6, 5, 4, 3, 2], 2]);
  await audit.more();
  expect([ids(audit), audit.next]).toEqual([[6, 5, 4, 3, 2, 1], null]);
});

test('where more has come than one page, it begins anew rather than with a hole', async () => {
  const server = serves([1, 2, 3].map((id) => line(id)));
  const audit = new AuditState();
  await audit.load();
  await audit.more();
  server.log.push(...[4, 5, 6, 7].map((id) => line(id)));
  await audit.load();
  expect([ids(audit), audit.next]).toEqual([[7, 6], 6]);
});

test('an answer to what is no longer asked for is dropped', async () => {
  serves([line(1)]);
  const audit = new AuditState();
  const answers: ((page: AuditPage) => void)[] = [];
  vi.stubGlobal('fetch', async () => {
    const page = await new Promise<AuditPage>((resolve) => answers.push(resolve));
    return new Response(JSON.stringify(page), { headers: { 'content-type': 'application/json' } });
  });
  const [all, narrow] = [audit.load(), audit.narrow('look_in', '2')];
  answers[1]!({ items: [line(9)], next: null });
  answers[0]!({ items: [line(8)], next: null });
  await Promise.all([all, narrow]);
  expect(ids(audit)).toEqual([9]);
});

test('a further page of what is no longer asked for is dropped, too, though the new lines came before it', async () => {
  const server = serves([1, 2, 3, 4, 5].map((id) => line(id)));
  const audit = new AuditState();
  await audit.load();
  const known = fetch;
  let late!: () => void;
  vi.stubGlobal('fetch', (url: string) => new Promise((done) => (late = () => done(known(url)))));
  const more = audit.more();
  vi.stubGlobal('fetch', known);
  server.log = [line(7, { kind: 'look_in' })];
  await audit.narrow('look_in', '');
  server.log = [1, 2, 3, 4, 5].map((id) => line(id));
  late();
  await more;
  expect([ids(audit), audit.next]).toEqual([[7], null]);
});
