/** What is seen of a recording while it goes on: its time, its level, and what can be done with it. */
import { make } from '../make.ts';
import { barsOf, become, drawBars, iconButton } from './elements.ts';
import type { Recorder } from './recorder.ts';
import { clockOf, t } from './words.ts';

export interface LiveDeeds {
  /** The longest it may be, as it is read. */
  readonly most: () => { time: string };
  readonly discard: () => void;
  readonly send: () => void;
}

const SOON_MS = 60_000;
const BARS = 160;
/** Under reduced motion the level is drawn as often as this many looks. */
const CALM_LOOKS = 12;
const still = matchMedia('(prefers-reduced-motion: reduce)');

/** Its elements, which stay what they are; `update` brings them up to date. */
export function liveLine(recorder: Recorder, deeds: LiveDeeds): { elements: HTMLElement[]; update: () => void } {
  const { picture, path } = barsOf('live');
  picture.setAttribute('viewBox', `0 0 ${BARS * 4} 28`);
  picture.setAttribute('preserveAspectRatio', 'xMaxYMid slice');
  const [mark, time] = [make('i'), make('span')];
  const max = make('span', { className: 'max' });
  const bin = iconButton('bin', t('discard'), deeds.discard, 'bin');
  const pause = iconButton('pause', t('pause'), () => (recorder.state === 'paused' ? recorder.resume() : recorder.pause()));
  const listen = iconButton('stop', t('listen'), () => void recorder.stop());
  const send = iconButton('send', t('send'), deeds.send, 'go');
  const said = make('p', { className: 'warn', hidden: true });
  const line = make('div', { className: 'line' }, bin, make('p', {}, t('asking')));
  let drawn = 0;

  function begin(): void {
    const focused = bin.matches(':focus') || document.activeElement === document.body;
    line.replaceChildren(bin, make('span', { className: 'clock' }, mark, time), picture, max, pause, listen, send);
    if (focused) listen.focus();
  }

  function update(): void {
    const { state, levels, leftMs, incident } = recorder;
    if (state === 'asking') return;
    if (!listen.isConnected) begin();
    const rests = state === 'paused';
    mark.className = rests ? 'rests' : '';
    time.textContent = clockOf(recorder.ms);
    const soon = leftMs < SOON_MS;
    max.textContent = soon ? t('left', { seconds: Math.ceil(leftMs / 1000) }) : t('max', deeds.most());
    max.classList.toggle('soon', soon);
    become(pause, rests ? 'mic' : 'pause', t(rests ? 'resume' : 'pause'));
    said.hidden = incident === null;
    if (incident) said.textContent = t(`incident.${incident}`, deeds.most());
    if (still.matches && levels.length - drawn < CALM_LOOKS) return;
    drawn = levels.length;
    const newest = levels.slice(-BARS);
    drawBars(path, [...Array<number>(BARS - newest.length).fill(0), ...newest]);
  }

  return { elements: [said, line], update };
}
