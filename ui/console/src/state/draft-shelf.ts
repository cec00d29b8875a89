/** Drafts as they lie in this browser, where all pages of one operator find them. */
import type { Attachment, Draft, Mode } from '@recado/shared/wire.ts';
import { direct, isDirect } from './owners.ts';
import { joined, MODES } from './words.ts';

/** One of the texts of a conversation: what is written by itself, or what goes beside the files of that. */
export type Slot = Mode | `${Mode}.caption`;
/** A place for words: the conversation, and whom they are for. */
export type Place = string;

export const captionOf = (mode: Mode): Slot => `${mode}.caption`;
export const SLOTS: readonly Slot[] = MODES.flatMap((mode) => [mode, captionOf(mode)]);

export interface Kept {
  readonly body: string;
  /** True until the server has it. */
  readonly dirty: boolean;
  /** Where there are no words any more: those that have gone, as the server had them. Another page may have put its own there. */
  readonly over?: string;
}

/** Words whose conversation is lost, and which the server may not have. */
export interface Lost extends Omit<Draft, 'written_in' | 'caption' | 'files'> {
  /** Those that the server keeps with it. */
  readonly files?: readonly Attachment[];
  /** The conversation they were for, where they stand again should it come back. */
  readonly from?: number;
  /** Whom that was with. */
  readonly who?: string;
  /** The server has it, under this number: it lies here only for what the server does not know of it, and goes with it. */
  readonly served?: number;
}

export const placeOf = (conversation: number, slot: Slot): Place =>
  slot === 'answer' ? String(conversation) : `${conversation}:${slot}`;

export function partsOf(place: Place): { conversation: number; slot: Slot; mode: Mode; part: 'body' | 'caption' } {
  const [conversation, slot = 'answer'] = place.split(':') as [string, Slot?];
  const part = slot.endsWith('.caption') ? 'caption' : 'body';
  return { conversation: Number(conversation), slot, mode: slot.startsWith('note') ? 'note' : 'answer', part };
}

/** Drafts for direct conversations, as the server numbers these, by the numbers that they have on these pages. */
export const amongColleagues = (drafts: readonly Draft[]): Draft[] =>
  drafts.map((draft) => ({
    ...draft,
    conversation: draft.conversation && direct(draft.conversation),
    written_in: direct(draft.written_in),
  }));

/** The texts that can be sent, by their places. */
export function textsOf(drafts: readonly Draft[]): Map<Place, string> {
  const texts = new Map<Place, string>();
  for (const { conversation, mode, body, caption } of drafts) {
    if (conversation !== null && body !== '') texts.set(placeOf(conversation, mode), body);
    if (conversation !== null && caption !== '') texts.set(placeOf(conversation, captionOf(mode)), caption);
  }
  return texts;
}

/** Those whose conversation is out of reach: all their words in one. */
export const orphansAmong = (drafts: readonly Draft[]): Draft[] =>
  drafts
    .filter(({ conversation }) => conversation === null)
    .map((draft) => ({ ...draft, body: joined(draft.body, draft.caption) }));

export const inOrder = (texts: readonly Lost[]): Lost[] => [...texts].sort((a, b) => a.updated_at - b.updated_at);

/** What a draft is saved as. */
export function written(place: Place, body: string, over?: string): object {
  const { conversation, mode: side, part } = partsOf(place);
  const mode = isDirect(conversation) ? undefined : side;
  return { mode, body, over, ...(part === 'body' ? {} : { part }) };
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
