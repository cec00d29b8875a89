/** My own name in its form: shown everywhere while it is sent, and taken back where it is refused. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { Submission } from '../src/state/form.svelte.ts';
import { Rebased } from '../src/state/rebased.svelte.ts';
import { session } from '../src/state/session.svelte.ts';
import { desk } from './world.ts';

const refused = { code: 'invalid', errors: [{ field: 'name', code: 'control_character', detail: '' }] };

test.each([
  ['is kept in its field with the reason', refused, 400, ['Ana\u0007', ['name'], 'Ana Morales', ['name']]],
  ['is everywhere once it is stored', { ...desk([]).me, name: 'Ana M.' }, 200, ['Ana M.', [], 'Ana M.', []]],
])('a name %s', async (_, answer, status, expected) => {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(answer), { status }));
  onTestFinished(() => void vi.unstubAllGlobals());
  session.me = desk([]).me;
  const form = new Submission();
  const stored = () => ({ name: session.me!.name });
  const draft = new Rebased(stored());
  onTestFinished($effect.root(() => draft.follow(stored)));
  draft.mine.name = 'Ana\u0007';
  const sent = form.run(() => draft.save(() => session.change({ name: draft.mine.name }), vi.fn()));
  expect(session.me.name).toBe('Ana\u0007');
  await sent;
  await new Promise((done) => setTimeout(done));
  expect([draft.mine.name, draft.changes, session.me.name, Object.keys(form.fields)]).toEqual(expected);
});
