/** The lines of a strip in which nothing is recorded: why it cannot be, what was, and whether it may be thrown away. */
import { make } from '../make.ts';
import { iconButton, wordButton } from './elements.ts';
import type { Obstacle } from './recorder.ts';
import { t } from './words.ts';

/** Against these, trying again helps nothing. */
const HOPELESS: readonly string[] = ['insecure', 'unable', 'policy', 'format'];

export interface Lines {
  readonly elements: HTMLElement[];
  /** What they say, to be read out. */
  readonly words: string;
  /** Where the focus goes. */
  readonly first: HTMLElement;
}

/** Why nothing is recorded, and what can be done. */
export function stuckLines(obstacle: Obstacle | 'policy' | 'format', close: () => void, again: () => void): Lines {
  const hopeless = HOPELESS.includes(obstacle);
  const words = t(`obstacle.${obstacle}`);
  const buttons = [wordButton(t('close'), close), ...(hopeless ? [] : [wordButton(t('again'), again)])];
  const line = make('div', { className: 'line' }, make('span', { className: 'space' }), ...buttons);
  return { elements: [make('p', { className: 'wrong' }, words), line], words, first: buttons.at(-1)! };
}

/** Whether it is to be thrown away. */
export function discardLines(time: string, keep: () => void, discard: () => void): Lines {
  const words = t('ask', { time });
  const first = wordButton(t('ask.keep'), keep);
  first.dataset.keep = '';
  const line = make('div', { className: 'line' }, make('p', {}, words), first, wordButton(t('ask.discard'), discard, 'danger'));
  return { elements: [line], words, first };
}

/** What was recorded, in its player; `send` null where nothing can be sent. */
export function keptLines(player: HTMLElement, words: string | null, discard: () => void, send: (() => void) | null): HTMLElement[] {
  const go = send ? [iconButton('send', t('send'), send, 'go')] : [];
  const line = make('div', { className: 'line' }, iconButton('bin', t('discard'), discard, 'bin'), player, ...go);
  return [...(words ? [make('p', { className: 'warn' }, words)] : []), line];
}
