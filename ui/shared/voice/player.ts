/**
 * What plays a voice message or a file of sound: a round button, the shape of the sound, where it is, how fast.
 *
 * Its width and height are the same in every state, so that nothing around it moves. One plays at a time on a page.
 */
import { make } from '../make.ts';
import { BAR_PX, barsOf, become, drawBars, icon, iconButton } from './elements.ts';
import { dress } from './look.ts';
import { hear } from './progress.ts';
import { hearRate, nextRate, rate } from './rate.ts';
import { clockOf, lengthOf, t, whyNot } from './words.ts';

export interface Sound {
  readonly ms: number;
  readonly peaks: readonly number[];
}

export interface PlayerOptions {
  /** Where it is heard from: asked for when it is first played, and again after a failure. */
  readonly source: () => Promise<string>;
  /** Null where nothing is known of it before it is played. */
  readonly sound: Sound | null;
  /** Shown above it, of a file that has one to be told by. */
  readonly name?: string | undefined;
  /** The way to keep the original. */
  readonly save?: HTMLAnchorElement | undefined;
  /** The id of a recording that is on its way. */
  readonly sending?: string | undefined;
}

const BARS = 48;
const STEP_S = 5;
type State = 'resting' | 'loading' | 'playing' | 'failed';
let playing: Player | null = null;

export class Player {
  readonly element: HTMLElement;
  readonly #options: PlayerOptions;
  readonly #audio = new Audio();
  readonly #button: HTMLButtonElement;
  readonly #wave: HTMLElement;
  readonly #time = make('span', { className: 'time' });
  readonly #rate: HTMLButtonElement;
  readonly #unhear: () => void;
  #state: State = 'resting';
  /** Where it is to begin, in seconds, until it can be told to the sound. */
  #from = 0;
  #length: number;
  #frame = 0;
  /** What is said in the place of the time. */
  #said: string | null = null;

  constructor(options: PlayerOptions) {
    dress();
    this.#options = options;
    this.#length = (options.sound?.ms ?? 0) / 1000;
    this.#button = iconButton('play', t('play'), () => void this.toggle(), 'round');
    this.#wave = this.#slider();
    this.#rate = make('button', { type: 'button', className: 'small' });
    this.#rate.onclick = nextRate;
    hearRate(() => {
      this.#show();
      return this.element.isConnected;
    });
    const facts = make('span', { className: 'facts' }, this.#time, this.#rate);
    if (options.save) {
      const label = t('save', { name: options.name ?? t('voice') });
      Object.assign(options.save, { className: 'small', ariaLabel: label, title: label });
      options.save.replaceChildren(icon('save'));
      facts.append(options.save);
    }
    this.element = make('span', { className: 'voice', role: 'group', ariaLabel: this.#called });
    if (options.name) this.element.append(make('span', { className: 'name', dir: 'auto', title: options.name }, options.name));
    this.element.append(this.#button, this.#wave, facts);
    // What is pressed here is not for the keys of the page; what it does not know goes on to them.
    this.element.onkeydown = (event) => this.#keyed(event);
    this.#unhear = options.sending === undefined ? () => undefined : this.#watch(options.sending);
    this.#audio.preload = 'none';
    this.#listen();
    this.#show();
  }

  async toggle(): Promise<void> {
    if (this.#state === 'playing' || this.#state === 'loading') return this.pause();
    if (playing !== this) playing?.pause();
    playing = this;
    this.#become('loading');
    try {
      if (!this.#audio.src || this.#audio.error) this.#audio.src = await this.#options.source();
      // Paused, or another one begun, while it was fetched.
      if (playing !== this) return;
      this.#audio.preload = 'auto';
      this.#audio.playbackRate = rate();
      await this.#audio.play();
    } catch (problem) {
      if ((problem as Error).name !== 'AbortError') this.#become('failed');
    }
  }

  pause(): void {
    if (playing === this) playing = null;
    this.#audio.pause();
    this.#become('resting');
  }

  focus(): void {
    this.#button.focus();
  }

  /** It goes with what it stands in. */
  end(): void {
    if (playing === this) playing = null;
    this.#unhear();
    cancelAnimationFrame(this.#frame);
    this.#audio.pause();
    this.#audio.removeAttribute('src');
  }

  get #called(): string {
    const name = this.#options.name ?? t('voice');
    return this.#length > 0 ? `${name}, ${lengthOf(this.#options.sound?.ms ?? this.#length * 1000)}` : name;
  }

  get #at(): number {
    return this.#audio.readyState > 0 ? this.#audio.currentTime : this.#from;
  }

  #slider(): HTMLElement {
    const peaks = this.#options.sound?.peaks ?? [];
    const levels = Array.from({ length: BARS }, (_, bar) => {
      const [from, to] = [bar, bar + 1].map((one) => Math.floor((one * peaks.length) / BARS));
      return Math.max(0, ...peaks.slice(from, Math.max(to!, from! + 1))) / 100;
    });
    const wave = make('span', { className: 'wave', role: 'slider', tabIndex: 0, ariaLabel: t('position'), ariaValueMin: '0' });
    for (const kind of ['all', 'played']) {
      const { picture, path } = barsOf(kind);
      picture.setAttribute('viewBox', `0 0 ${BARS * BAR_PX} 28`);
      picture.setAttribute('preserveAspectRatio', 'none');
      path.setAttribute('vector-effect', 'non-scaling-stroke');
      drawBars(path, levels);
      wave.append(picture);
    }
    wave.append(make('i', { className: 'knob' }));
    const drag = (event: PointerEvent): void => {
      const { left, width } = wave.getBoundingClientRect();
      this.#seek(((event.clientX - left) / width) * this.#length);
    };
    wave.onpointerdown = (event) => {
      if (event.button !== 0) return;
      wave.setPointerCapture(event.pointerId);
      drag(event);
    };
    wave.onpointermove = (event) => {
      if (wave.hasPointerCapture(event.pointerId)) drag(event);
    };
    return wave;
  }

  #keyed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const slider = event.target === this.#wave;
    const goals: Record<string, number> = {
      ArrowLeft: this.#at - STEP_S,
      ArrowRight: this.#at + STEP_S,
      Home: 0,
      End: this.#length,
    };
    if (slider && (event.key === ' ' || event.key === 'Enter')) void this.toggle();
    else if (slider && event.key in goals) this.#seek(goals[event.key]!);
    else {
      // Buttons are pressed by these.
      if (event.key === ' ' || event.key === 'Enter') event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #seek(seconds: number): void {
    if (this.#length === 0) return;
    const goal = Math.min(this.#length, Math.max(0, seconds));
    this.#from = goal;
    // A hair before the end: what is at its end begins anew when it is played.
    if (this.#audio.readyState > 0) this.#audio.currentTime = Math.min(goal, Math.max(0, this.#length - 0.05));
    this.#show();
  }

  #listen(): void {
    this.#audio.onloadedmetadata = () => {
      const { duration } = this.#audio;
      // What browsers record has none of its own: then what was measured is known better.
      if (Number.isFinite(duration)) this.#length = duration;
      if (this.#from > 0) this.#audio.currentTime = this.#from;
      this.element.ariaLabel = this.#called;
    };
    this.#audio.onplaying = () => this.#become('playing');
    this.#audio.onwaiting = () => this.#state === 'playing' && this.#become('loading');
    this.#audio.onpause = () => this.#state !== 'failed' && this.#become('resting');
    this.#audio.onended = () => {
      if (playing === this) playing = null;
      this.#from = this.#audio.currentTime = 0;
      this.#become('resting');
    };
    this.#audio.onerror = () => this.#audio.hasAttribute('src') && this.#become('failed');
    this.#audio.ontimeupdate = () => this.#show();
  }

  #watch(id: string): () => void {
    const bar = make('progress', { max: 1, ariaLabel: this.#called });
    return hear(id, ({ share, problem }) => {
      const percent = Math.floor(share * 100);
      this.#said = problem ? whyNot(problem) : share < 1 ? t('uploading', { percent }) : t('checking');
      this.#time.classList.toggle('wrong', problem !== null);
      bar.value = share;
      if (problem) bar.remove();
      else if (!bar.isConnected) this.element.append(bar);
      this.#show();
    });
  }

  #become(state: State): void {
    this.#state = state;
    cancelAnimationFrame(this.#frame);
    if (state === 'playing') this.#follow();
    this.#show();
  }

  #follow(): void {
    this.#show();
    if (!this.element.isConnected) return this.end();
    this.#frame = requestAnimationFrame(() => this.#follow());
  }

  #show(): void {
    const on = this.#state === 'playing' || this.#state === 'loading';
    const [at, length] = [Math.min(this.#at, this.#length || Infinity), this.#length];
    const share = length > 0 ? Math.min(1, at / length) : 0;
    become(this.#button, on ? 'pause' : this.#state === 'failed' ? 'retry' : 'play', t(on ? 'play.pause' : this.#state === 'failed' ? 'again' : 'play'));
    this.element.classList.toggle('loading', this.#state === 'loading');
    this.element.classList.toggle('begun', on || at > 0);
    this.element.style.setProperty('--played', `${share * 100}%`);
    this.element.style.setProperty('--at', `${share}`);
    const [now, whole] = [clockOf(at * 1000), length > 0 ? lengthOf(this.#options.sound?.ms ?? length * 1000) : '–:––'];
    const time = this.#state === 'failed' ? t('play.failed') : (this.#said ?? (on || at > 0 ? `${now} / ${whole}` : whole));
    if (this.#time.textContent !== time) this.#time.textContent = time;
    this.#rate.textContent = `${rate().toLocaleString(document.documentElement.lang)}×`;
    this.#rate.ariaLabel = t('rate', { rate: this.#rate.textContent });
    if (this.#audio.playbackRate !== rate()) this.#audio.playbackRate = rate();
    const wave = this.#wave;
    wave.ariaValueMax = `${Math.round(length)}`;
    if (wave.ariaValueNow === `${Math.floor(at)}`) return;
    wave.ariaValueNow = `${Math.floor(at)}`;
    wave.ariaValueText = t('of', { time: now, length: whole });
  }
}
