/** What a strip is told of where it stands. */
import type { FileRules, Locale } from '../wire.ts';
import type { Kept } from './keep.ts';

export interface StripOptions {
  /** Whose it is and where it belongs: see `keep.ts`; where nothing can be sent, how all such places begin. */
  readonly place: string;
  readonly locale: Locale;
  /** What it stands in, before `box`. */
  readonly form: HTMLElement;
  readonly box: HTMLElement;
  readonly rules: () => Promise<FileRules>;
  /** Takes it over; else gives why not, in words. Null where nothing can be sent any more. */
  readonly send: ((kept: Kept) => string | null) | null;
  /** Whether the message of a recording is on its way, whatever is noted of the recording. */
  readonly goes?: (id: string) => boolean;
  readonly announce: (text: string) => void;
  /** False while what it stands in is not shown. */
  readonly shown?: () => boolean;
}
