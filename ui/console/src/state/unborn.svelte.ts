/**
 * What does not exist yet: it lies in this browser alone, and nobody hears of it, the server neither, until it is created by its
 * first message.
 */
import { ApiProblem } from '@recado/shared/api.ts';
import { newClientId } from '@recado/shared/thread.ts';
import { KeptHere } from './kept-here.ts';

/** What there is of that kind. */
const NAMES = ['new-talk', 'new-chat'] as const;
type Name = (typeof NAMES)[number];

interface Kept<T> {
  readonly words: T;
  /** The same however often it is tried, after a reload and in another tab, too: it is created once. */
  readonly id: string;
  /** As it was sent and nobody knows whether that arrived. */
  readonly tried: readonly T[];
}

/** What came of it, and what had been written beyond that by then. */
export interface Born<A> {
  readonly sent: A;
  readonly rest: string;
}

const keptFor = <T>(name: Name, me: number): KeptHere<Kept<T>> => new KeptHere(name, me);

/** For signing out: what would be lost, and that nothing of it stays in this browser. */
export const unbornBodies = (me: number): string[] => NAMES.map((name) => keptFor<{ body: string }>(name, me).read()?.words.body ?? '');
export const forgetUnborn = (me: number): void => NAMES.forEach((name) => keptFor(name, me).drop());

export class Unborn<T extends { readonly body: string }> {
  private readonly here: KeptHere<Kept<T>>;
  private readonly empty: T;
  private kept = $state.raw<Kept<T> | null>(null);
  /** It is on its way. */
  busy = $state(false);

  constructor(name: Name, me: number, empty: T) {
    this.here = keptFor(name, me);
    this.empty = empty;
    this.kept = this.here.read();
  }

  /** Another page of mine has changed it, created it or thrown it away. */
  heard({ key }: StorageEvent): void {
    if (this.here.isAt(key)) this.kept = this.here.read();
  }

  /** There is one. */
  get there(): boolean {
    return this.kept !== null;
  }

  get words(): T {
    return this.kept?.words ?? this.empty;
  }

  get body(): string {
    return this.words.body;
  }

  set body(body: string) {
    this.put({ ...this.words, body });
  }

  /** It is shown: begun, or gone on with. */
  begin(): void {
    if (this.kept === null) this.put(this.empty);
  }

  /** Without a trace. */
  discard(): void {
    this.kept = null;
    this.here.drop();
  }

  protected put(words: T): void {
    this.keep({ ...(this.kept ?? { id: newClientId(), tried: [] }), words });
  }

  private keep(kept: Kept<T>): void {
    this.kept = kept;
    this.here.write(kept);
  }

  /** Stores it by `ask`. Rejects where it was refused or could not be told; then it is still here. */
  protected async bear<A>(ask: Ask<T, A>): Promise<Born<A>> {
    const { words, id, tried } = this.kept!;
    const earlier = tried.filter((one) => !isDeepEqual(one, words));
    this.busy = true;
    this.keep({ words, id, tried: [words, ...earlier] });
    try {
      const [arrived, sent] = await arrives(ask, id, [words, ...earlier]);
      const rest = beyond(arrived.body.trim(), this.body.trim());
      this.discard();
      return { sent, rest };
    } catch (error) {
      if (isRefused(error) && this.kept) this.keep({ ...this.kept, id: earlier.length === 0 ? newClientId() : id, tried: earlier });
      throw error;
    } finally {
      this.busy = false;
    }
  }
}

type Ask<T, A> = (words: T, id: string) => Promise<A>;

/** What came of it; where the server has something else under its id, an earlier attempt has arrived, and what came of that is asked. */
async function arrives<T, A>(ask: Ask<T, A>, id: string, [words, ...earlier]: readonly T[]): Promise<[T, A]> {
  try {
    return [words!, await ask(words!, id)];
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'client_id_reused' || earlier.length === 0) throw error;
    return arrives(ask, id, earlier);
  }
}

/** Nothing was stored, for certain. */
const isRefused = (error: unknown): boolean => error instanceof ApiProblem && error.status >= 400 && error.status < 500;

/** What has been written since something was sent: all of it, where that was not gone on with. */
const beyond = (sent: string, now: string): string => (now.startsWith(sent) ? now.slice(sent.length).trim() : now);

const isDeepEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
