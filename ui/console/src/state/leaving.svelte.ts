/**
 * Signing out. What is typed and lies in this browser alone goes to the server first; what cannot go there is asked about;
 * and then nothing of it is left for whoever sits here next.
 */
import { tick } from 'svelte';
import { ApiProblem } from '@recado/shared/api.ts';
import { browserOutboxWorld, Keep, type Pending } from '@recado/shared/outbox-keep.ts';
import type { DeskState, Draft } from '@recado/shared/wire.ts';
import { bare } from './backend.ts';
import { cutShort } from './cut-short.svelte.ts';
import { DraftShelf, partsOf, written, type Kept, type Place } from './draft-shelf.ts';
import { editings } from './editings.svelte.ts';
import { forgetRecent } from './emoji.svelte.ts';
import type { Extra } from './sender.svelte.ts';
import { forgetUnborn, unbornBodies } from './unborn.svelte.ts';
import { pathOf } from './owners.ts';
import { session } from './session.svelte.ts';
import { forgetRecordings, recordingsOf } from './voice.svelte.ts';
import { joined } from './words.ts';

class Leaving {
  /** Texts that would be lost, while it is asked about them. */
  texts = $state.raw<readonly string[]>([]);
  /** While it is under way. */
  busy = $state(false);
  /** The session has ended already: nothing goes to the server. */
  private ended = false;

  /** Signs out, unless something would be lost by it. Rejects before it asks, where the server cannot be reached to do it. */
  async begin(ended = false): Promise<void> {
    if (this.busy || !session.me) return;
    this.ended = ended;
    this.busy = true;
    const texts = await this.look(session.me.id).finally(() => (this.busy = false));
    if (texts.length > 0) this.texts = texts;
    else await this.end();
  }

  stay(): void {
    this.texts = [];
  }

  /** Signs out, and throws away what is left in this browser. */
  async end(): Promise<void> {
    const me = session.me!.id;
    cutShort.clear();
    let left = false;
    this.busy = true;
    try {
      await (this.ended ? session.leave() : session.signOut());
      // The page has ended with it, and stores nothing any more.
      await tick();
      left = await forget(me).then(
        () => false,
        () => true,
      );
    } finally {
      this.busy = false;
    }
    void session.startOver(left ? '/sign-in?left=1' : '/');
  }

  /** What would be lost. */
  private async look(me: number): Promise<string[]> {
    const texts = await this.unsent(me);
    if (texts.length > 0 && !this.ended) await bare('GET', '/session').catch(unreached);
    return texts;
  }

  /** What this browser holds and the server has not got. */
  private async unsent(me: number): Promise<string[]> {
    const shelf = new DraftShelf(me);
    const unsaved = [...shelf.all()].filter(([, { dirty }]) => dirty);
    const saved = await Promise.all(unsaved.map(([place, kept]) => !this.ended && save(place, kept)));
    const drafts = unsaved.filter((_, index) => !saved[index]).map(([, { body }]) => body);
    const served = this.ended || shelf.lost.length === 0 ? [] : await servedTexts();
    const lost = shelf.lost.map(({ body }) => body).filter((body) => !served.includes(body));
    // Where the browser's database fails nobody can say, and one must get away all the same.
    const pending = await outboxOf(me).all().catch(() => []);
    const texts = [...drafts, ...lost, ...editings.changed(), ...unbornBodies(me), ...pending.flatMap(lines)].filter((body) => body.trim() !== '');
    return [...texts, ...cutShort.coming.map((name) => `📎 ${name}`), ...(await recordingsOf(me))];
  }
}

/** Whatever else is answered, the session may be ended all the same. */
function unreached(problem: unknown): void {
  if (problem instanceof ApiProblem && problem.code === 'offline') throw problem;
}

async function save(place: Place, { body, over }: Kept): Promise<boolean> {
  const { conversation } = partsOf(place);
  return bare('PUT', `${pathOf(conversation)}/draft`, written(place, body, over)).then(
    () => true,
    () => false,
  );
}

/** What a message is told by that has not gone: its text and its files. */
const lines = ({ body, extra }: Pending<Extra | undefined>): string[] => [body, ...(extra?.files ?? []).map(({ name }) => `📎 ${name}`)];

const outboxOf = (me: number): Keep<Extra | undefined> => new Keep(browserOutboxWorld(), `recado:out:console:${me}:`);

async function servedTexts(): Promise<string[]> {
  const desk = bare<DeskState>('GET', '/desk').then(({ drafts }) => drafts);
  const talks = bare<Draft[]>('GET', '/directs/drafts');
  const all = await Promise.all([desk, talks].map((one) => one.catch(() => [])));
  return all.flat().flatMap(({ body, caption }) => [body, joined(body, caption)]);
}

/** Nothing that an operator has typed or used is left in this browser; rejects where its database does not say so. */
async function forget(me: number): Promise<void> {
  new DraftShelf(me).clear();
  forgetUnborn(me);
  forgetRecent(me);
  await Promise.all([outboxOf(me).clear(), forgetRecordings(me)]);
}

export const leaving = new Leaving();
