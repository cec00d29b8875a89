/** Two admins over one form: what each has typed and what the other has stored meanwhile. */
import { ApiProblem } from '@recado/shared/api.ts';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Rebased, resumed } from '../src/state/rebased.svelte.ts';
import { session } from '../src/state/session.svelte.ts';

const stored = { name: 'Ventas', days: 14, zones: ['a', 'b'] };
const form = () => new Rebased({ ...stored });
const never = (): Promise<never> => Promise.reject(new Error('nobody looks'));
/** The form as a component has it: `server.now` is what is stored. */
function followed(): { mine: Rebased<typeof stored>; server: { now: typeof stored } } {
  const mine = form();
  const server = $state({ now: { ...stored } });
  onTestFinished($effect.root(() => mine.follow(() => $state.snapshot(server.now))));
  return { mine, server };
}
const outdated = () => new ApiProblem(409, 'outdated');

describe('a form over what others may change', () => {
  it('has changed nothing until something is typed, and nothing again once it is typed back', () => {
    const mine = form();
    expect(mine.changed).toBe(false);
    mine.mine.zones.push('c');
    expect(mine.changes).toEqual(['zones']);
    mine.mine.zones.pop();
    expect(mine.changed).toBe(false);
    expect(stored.zones).toEqual(['a', 'b']);
  });

  it('follows another admin in what is not being edited, and keeps what is', () => {
    const mine = form();
    mine.mine.days = 30;
    mine.rebase({ ...stored, name: 'Tienda' });
    expect(mine.mine).toEqual({ ...stored, name: 'Tienda', days: 30 });
    expect(mine.changes).toEqual(['days']);
    expect(mine.clashes).toEqual([]);
  });

  it('says so where both have set the same field, until one of the two is chosen', () => {
    const mine = form();
    mine.mine.days = 30;
    mine.rebase({ ...stored, days: 7 });
    expect(mine.mine.days).toBe(30);
    expect(mine.clashes).toEqual(['days']);
    mine.rebase({ ...stored, days: 7, name: 'Tienda' });
    expect(mine.clashes, 'also after a change of something else').toEqual(['days']);
    mine.take('days');
    expect([mine.mine.days, mine.clashes, mine.changed]).toEqual([7, [], false]);
  });

  it('finds nothing to say where both have set the same value', () => {
    const mine = form();
    mine.mine.days = 30;
    mine.rebase({ ...stored, days: 30 });
    expect([mine.changed, mine.clashes]).toEqual([false, []]);
  });

  it('hears by itself of what is stored, and of nothing that is typed', async () => {
    const { mine, server } = followed();
    mine.mine.days = 30;
    server.now.name = 'Tienda';
    await vi.waitUntil(() => mine.mine.name === 'Tienda');
    expect([mine.mine.days, mine.changes]).toEqual([30, ['days']]);
  });

  it('undoes to what is stored now, not to what was stored when it was opened', () => {
    const mine = form();
    mine.mine.days = 30;
    mine.rebase({ ...stored, name: 'Tienda' });
    mine.undo();
    expect(mine.mine).toEqual({ ...stored, name: 'Tienda' });
  });
});

describe('saving', () => {
  it('looks and sends again where somebody was quicker with something else', async () => {
    const { mine, server } = followed();
    mine.mine.days = 30;
    const send = vi.fn().mockRejectedValueOnce(outdated()).mockResolvedValueOnce(undefined);
    await mine.save(send, async () => {
      server.now = { ...stored, name: 'Tienda' };
    });
    expect(send).toHaveBeenCalledTimes(2);
    expect(mine.mine).toEqual({ ...stored, name: 'Tienda', days: 30 });
  });

  it('overwrites nothing that was not seen: the same field is shown first, and saved when asked again', async () => {
    const { mine, server } = followed();
    mine.mine.days = 30;
    const send = vi.fn().mockRejectedValueOnce(outdated()).mockResolvedValue(undefined);
    const look = async () => {
      server.now = { ...stored, days: 7 };
    };
    await expect(mine.save(send, look)).rejects.toMatchObject({ code: 'outdated' });
    expect(send).toHaveBeenCalledTimes(1);
    expect([mine.mine.days, mine.clashes]).toEqual([30, ['days']]);
    await mine.save(send, look);
    expect(send).toHaveBeenCalledTimes(2);
    expect(mine.clashes).toEqual([]);
  });

  it('leaves nothing changed where the server has stored it a little otherwise', async () => {
    const mine = form();
    mine.mine.name = ' Tienda ';
    await mine.save(async () => mine.rebase({ ...stored, name: 'Tienda' }), never);
    expect([mine.mine.name, mine.changed, mine.clashes]).toEqual(['Tienda', false, []]);
  });

  it('keeps what is typed while it is being saved', async () => {
    const mine = form();
    mine.mine.days = 30;
    await mine.save(async () => {
      mine.mine.days = 31;
      mine.rebase({ ...stored, days: 30 });
    }, never);
    expect([mine.mine.days, mine.changes, mine.clashes]).toEqual([31, ['days'], []]);
  });

  it('gives up after some times, and at once on any other failure', async () => {
    const mine = form();
    mine.mine.days = 30;
    const late = vi.fn().mockImplementation(() => Promise.reject(outdated()));
    await expect(mine.save(late, () => Promise.resolve({ ...stored }))).rejects.toMatchObject({ code: 'outdated' });
    expect(late).toHaveBeenCalledTimes(4);
    const busy = vi.fn().mockRejectedValue(new ApiProblem(503, 'busy'));
    await expect(mine.save(busy, () => Promise.resolve({ ...stored }))).rejects.toMatchObject({ code: 'busy' });
    expect(busy).toHaveBeenCalledTimes(1);
  });
});

describe('a form that is left', () => {
  it('is as it was left when one comes back, over what others have set meanwhile', () => {
    const left = resumed('department 1', { ...stored });
    left.mine.days = 30;
    const back = resumed('department 1', { ...stored, name: 'Tienda' });
    back.rebase({ ...stored, name: 'Tienda' });
    expect(back.mine).toEqual({ ...stored, name: 'Tienda', days: 30 });
    expect(resumed('department 2', { ...stored }).changed).toBe(false);
  });

  it('is new where nothing had been changed', () => {
    resumed('department 3', { ...stored });
    expect(resumed('department 3', { ...stored, days: 7 }).mine.days).toBe(7);
  });

  it('is not there for whoever signs in next', () => {
    resumed('department 4', { ...stored }).mine.name = 'Only between us';
    expect(resumed('department 4', { ...stored }).mine.name).toBe('Only between us');
    session.leave();
    expect(resumed('department 4', { ...stored }).mine.name).toBe('Ventas');
  });
});
