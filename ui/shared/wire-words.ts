/** The words of fixed lists, of which the other shapes are made. Taken up by `wire.ts`. */

export type Locale = 'es' | 'en' | 'pt';
export type Theme = 'system' | 'light' | 'dark';
export type Role = 'operator' | 'supervisor' | 'admin';
export type Status = 'waiting' | 'attending' | 'paused' | 'closed';
export type ListName = 'waiting' | 'attending' | 'paused' | 'closed' | 'archive';
export type Mode = 'answer' | 'note';
export type Ask = 'no' | 'optional' | 'required';

export interface Named {
  id: number;
  name: string;
}
/** How an entry has gone: deleted by its author, or taken back before the other side had seen it. */
export type Gone = 'deleted' | 'undone';
