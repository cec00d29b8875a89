/** Drafts as they lie in this browser, where all pages of one operator find them. */
import type { Draft, Mode } from '@recado/shared/wire.ts';

/** A place for words: the conversation, and whom they are for. */
export type Place = string;

export interface Kept {
  readonly body: string;
  /** True until the server has it. */
  readonly dirty: boolean;
  /** Where there are no words any more: those that have gone, as the server had them. Another page may have put its own there. */
  readonly over?: string;
}

/** Words whose conversation is lost, and which the server may not have. */
export interface Lost extends Omit<Draft, 'written_in'> {
  /** The conversation they were for, where they stand again should it come back. */
  readonly from?: number;
  /** Whom that was with. */
  readonly who?: string;
  /** The server has it, under this number: it lies here only for what the server does not know of it, and goes with it. */
  readonly served?: number;
}

export const placeOf = (conversation: number, mode: Mode): Place =>
  mode === 'answer' ? String(conversation) : `${conversation}:${mode}`;

export function partsOf(place: Place): { conversation: number; mode: Mode } {
  const [conversation, mode] = place.split(':');
  return { conversation: Number(conversation), mode: mode === 'note' ? 'note' : 'answer' };
}

export class DraftShelf {
  private readonly prefix: string;
  private readonly lostKey: string;

  constructor(me: number) {
    this.prefix = `recado:draft:${me}:`;
    this.lostKey = `recado:kept:${me}`;
  }

  all(): Map<Place, Kept> {
    const found = this.keys().map((key) => [key.slice(this.prefix.length), read<Kept>(key)] as const);
    return new Map(found.filter((pair): pair is readonly [Place, Kept] => pair[1] !== null));
  }

  put(place: Place, kept: Kept): void {
    write(this.prefix + place, kept);
  }

  /** In the place of `body`: not where another page has put words of its own there since, or all was thrown away. */
  replace(place: Place, body: string, kept: Kept | null): void {
    if (read<Kept>(this.prefix + place)?.body !== body) return;
    if (kept === null) this.remove(place);
    else this.put(place, kept);
  }

  remove(place: Place): void {
    localStorage.removeItem(this.prefix + place);
  }

  /** Throws away all that this operator has in this browser. */
  clear(): void {
    for (const key of [...this.keys(), this.lostKey]) localStorage.removeItem(key);
  }

  get lost(): readonly Lost[] {
    return read<Lost[]>(this.lostKey) ?? [];
  }

  /** False where the browser stores no more. */
  keepLost(drafts: readonly Lost[]): boolean {
    return putLost(this.lostKey, drafts);
  }

  /** What another page has put somewhere; null where the event is about something else, or tells of nothing put. */
  heard({ key, newValue }: StorageEvent): { place: Place; kept: Kept } | null {
    if (!key?.startsWith(this.prefix) || newValue === null) return null;
    const kept = parsed<Kept>(newValue);
    return kept && { place: key.slice(this.prefix.length), kept };
  }

  private keys(): string[] {
    return Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
  }
}

/** What others wrote and the server has, or used, need not lie where somebody else sits now; what it lacks is theirs to come back to. */
export function forgetOthers(me: number): void {
  for (const key of Object.keys(localStorage)) {
    const [, kind, whose] = /^recado:(draft|kept|emoji):(\d+)/.exec(key) ?? [];
    if (whose === undefined || Number(whose) === me) continue;
    if (kind === 'draft' && read<Kept>(key)?.dirty === false) localStorage.removeItem(key);
    if (kind === 'emoji') localStorage.removeItem(key);
    if (kind === 'kept') putLost(key, (read<Lost[]>(key) ?? []).filter(({ served }) => served === undefined));
  }
}

/** False where the browser stores no more. */
function putLost(key: string, drafts: readonly Lost[]): boolean {
  if (drafts.length > 0) return write(key, drafts);
  localStorage.removeItem(key);
  return true;
}

function parsed<T>(text: string | null): T | null {
  try {
    return JSON.parse(text ?? 'null') as T | null;
  } catch {
    // Unreadable is as good as not there.
    return null;
  }
}

const read = <T>(key: string): T | null => parsed<T>(localStorage.getItem(key));

function write(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    // A full storage: the server's copy is then the only one.
    return false;
  }
}
