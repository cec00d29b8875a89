/**
 * What stands in the place of the box while somebody records: how long, how loud, and what can be done with it; then what was
 * recorded, to listen to before it goes. What was left behind unsent stands above the box, which stays.
 */
import { clock } from '../i18n.ts';
import type { FileRules } from '../wire.ts';
import { browserRecorderWorld, forbidden } from './browser.ts';
import { make } from '../make.ts';
import { hold, openKeep, type Keep, type Kept } from './keep.ts';
import { liveLine } from './live-line.ts';
import { dress } from './look.ts';
import { Player } from './player.ts';
import { Recorder, type Obstacle, type RecorderWorld } from './recorder.ts';
import { lend, savingLink } from './sending.ts';
import { discardLines, keptLines, stuckLines, type Lines } from './strip-lines.ts';
import type { StripOptions } from './strip-options.ts';
import { learn, lengthOf, t } from './words.ts';
export type { StripOptions } from './strip-options.ts';

/** Where the server cannot be asked how long it may be. */
const UNASKED_MS = 5 * 60_000;
const BYTES_PER_SECOND = 5_000;
/** What is shorter is thrown away without a word. */
const SHORT_MS = 5_000;
/** How soon nothing more is recorded where nobody sees it. */
const BEAT_MS = 500;
const strips = new WeakMap<HTMLElement, Strip>();
let ending: Promise<unknown> = Promise.resolve();

/** Begins a recording in the place of the box. */
export async function record(options: StripOptions, world: RecorderWorld = browserRecorderWorld): Promise<void> {
  await learn(options.locale);
  if (strips.get(options.form)?.live) return;
  strips.get(options.form)?.leave();
  await new Strip(options, await openKeep()).record(world);
}

/** Shows what was recorded at this place last and not sent; nothing where there is nothing. */
export async function offer(options: StripOptions): Promise<void> {
  const keep = await openKeep();
  // What is ending just now, with another box, is there afterwards.
  await ending;
  const all = await keep.list(options.place).catch(() => []);
  const left = all.filter((one) => (options.send === null || one.place === options.place) && !one.handed && !options.goes?.(one.id)).sort((a, b) => b.at - a.at);
  for (const kept of left) {
    if (strips.has(options.form)) return;
    const free = await hold(kept.id);
    if (free === null) continue;
    await learn(options.locale);
    if (strips.has(options.form) || !options.form.isConnected) return void free();
    return new Strip(options, keep).offer(kept, free);
  }
}

/** What it stands in goes: it stops, and is kept. */
export const leave = (form: HTMLElement): void => strips.get(form)?.leave();

/** Resolves once all that was left lies where it is kept. */
export const settled = (): Promise<unknown> => ending;

class Strip {
  readonly #options: StripOptions;
  readonly #keep: Keep;
  readonly #element = make('div', { className: 'voice-strip', role: 'group', ariaLabel: t('voice') });
  readonly #watching = new AbortController();
  #recorder: Recorder | null = null;
  #kept: Kept | null = null;
  #player: Player | null = null;
  #free: (() => void) | null = null;
  /** All of it, also where not all could be kept. */
  #sound: Blob | null = null;
  #maxMs = UNASKED_MS;
  #update: () => void = () => undefined;
  #told = '';
  /** It goes as soon as it has stopped. */
  #goes = false;

  constructor(options: StripOptions, keep: Keep) {
    this.#options = options;
    this.#keep = keep;
    dress();
    strips.set(options.form, this);
    options.box.before(this.#element);
    for (const name of ['keydown', 'keyup'] as const) this.#element.addEventListener(name, (event) => this.#keyed(event));
    const { signal } = this.#watching;
    const beat = setInterval(() => (this.#element.isConnected && options.shown?.() !== false) || this.leave(), BEAT_MS);
    signal.addEventListener('abort', () => clearInterval(beat));
    addEventListener('pagehide', () => this.#recorder?.flush(), { signal });
    document.addEventListener('visibilitychange', () => document.hidden && this.#recorder?.flush(), { signal });
    addEventListener('beforeunload', (event) => this.#recorder?.incident === 'unkept' && event.preventDefault(), { signal });
  }

  get live(): boolean {
    return this.#recorder !== null;
  }

  async record(world: RecorderWorld): Promise<void> {
    this.#options.form.classList.add('voicing');
    const recorder = (this.#recorder = new Recorder(
      { place: this.#options.place, keep: this.#keep, maxMs: () => this.#maxMs, onChange: () => this.#changed(recorder) },
      world,
    ));
    this.#live(recorder);
    this.#say(t('asking'));
    void this.#options.rules().then((rules) => this.#bound(rules), () => undefined);
    await recorder.start();
  }

  offer(kept: Kept, free: () => void): void {
    this.#free = free;
    this.#element.classList.add('above');
    this.#review(kept, t(this.#options.send ? 'kept' : 'elsewhere', { time: clock(kept.at * 1000, this.#options.locale) }), false);
  }

  leave(): void {
    const recorder = this.#recorder;
    this.#end();
    if (!recorder) return;
    this.#say(t('stopped', { time: lengthOf(recorder.ms) }));
    ending = Promise.all([ending, recorder.stop().then(() => recorder.letGo())]);
  }

  #bound({ formats, sound_max_ms: most }: FileRules): void {
    const bytes = formats.find(({ name }) => name === 'audio')?.max_bytes;
    if (!bytes) return void this.#recorder?.discard().then(() => this.#stuck('format'));
    this.#maxMs = Math.min(most ?? UNASKED_MS, (bytes / BYTES_PER_SECOND) * 1000);
    this.#update();
  }

  #changed(recorder: Recorder): void {
    if (this.#recorder !== recorder) return;
    const { state, obstacle, incident } = recorder;
    if (state === 'failed') return this.#stuck(obstacle === 'refused' && forbidden() ? 'policy' : obstacle!);
    if (state === 'stopped') return void recorder.ended.then(() => this.#stopped(recorder));
    this.#update();
    if (state === 'recording') this.#say(incident ? t(`incident.${incident}`, this.#most) : t('recording.max', this.#most));
    else if (state === 'paused') this.#say(incident ? t(`incident.${incident}`, this.#most) : t('paused'));
  }

  get #most(): { time: string } {
    return { time: lengthOf(this.#maxMs) };
  }

  #stopped(recorder: Recorder): void {
    if (this.#recorder !== recorder || recorder.state !== 'stopped') return;
    const { about, incident, sound } = recorder;
    this.#recorder = null;
    this.#free = () => recorder.letGo();
    const words = incident ? t(`incident.${incident}`, this.#most) : null;
    this.#sound = sound;
    // Refused, it has its words below already.
    if (this.#goes && (incident === null || incident === 'unkept')) return void this.#send(about);
    this.#review(about, words, true);
    this.#say(words ?? t('stopped', { time: lengthOf(about.ms) }));
  }

  /** While it is recorded. */
  #live(recorder: Recorder): void {
    const line = liveLine(recorder, {
      most: () => this.#most,
      discard: () => this.#askToDiscard(),
      send: () => {
        this.#goes = true;
        void recorder.stop();
      },
    });
    this.#update = () => {
      this.#element.classList.toggle('rests', recorder.state === 'paused');
      line.update();
    };
    this.#draw(...line.elements);
    line.elements.at(-1)!.querySelector('button')!.focus();
  }

  /** What was recorded: to listen to, to send, to throw away. */
  #review(kept: Kept, words: string | null, focused: boolean): void {
    this.#kept = kept;
    const { send } = this.#options;
    const source = async (): Promise<string> => URL.createObjectURL(this.#sound ?? (await this.#keep.sound(kept)));
    const save = send ? undefined : savingLink(kept, source);
    this.#player?.end();
    this.#player = new Player({ source, sound: kept, save });
    this.#draw(...keptLines(this.#player.element, words, () => this.#askToDiscard(), send && (() => void this.#send(kept))));
    if (focused) this.#player.focus();
  }

  /** Why nothing is recorded, and what can be done. */
  #stuck(obstacle: Obstacle | 'policy' | 'format'): void {
    this.#recorder = null;
    const again = (): void => {
      this.#end();
      void record(this.#options);
    };
    this.#show(stuckLines(obstacle, () => this.#end(true), again));
  }

  #askToDiscard(): void {
    const recorder = this.#recorder;
    const ms = recorder?.ms ?? this.#kept!.ms;
    if (ms < SHORT_MS) return void this.#discard();
    recorder?.pause();
    this.#player?.pause();
    const before = [...this.#element.children];
    const update = this.#update;
    const focused = document.activeElement as HTMLElement | null;
    this.#update = () => undefined;
    const keep = (): void => {
      this.#update = update;
      this.#draw(...before);
      update();
      focused?.focus();
    };
    this.#show(discardLines(lengthOf(ms), keep, () => void this.#discard()));
  }

  async #discard(): Promise<void> {
    const recorder = this.#recorder;
    const kept = this.#kept;
    this.#say(t('discarded'));
    this.#end(true);
    await recorder?.discard();
    if (kept) await this.#keep.remove(kept.id).catch(() => undefined);
    await offer(this.#options);
  }

  /** False where something stands against it, which is said. */
  #send(kept: Kept): boolean {
    const handed = { ...kept, handed: true };
    if (this.#sound) lend(handed, this.#sound);
    const against = this.#options.send!(handed);
    if (against !== null) {
      this.#goes = false;
      this.#review(kept, against || t('first'), against !== '');
      this.#say(against || t('first'));
      return false;
    }
    this.#player?.pause();
    // Its message has it: only once that is noted may another tab look at it.
    const free = this.#free;
    this.#free = null;
    void this.#keep.put(handed).catch(() => undefined).then(() => free?.());
    this.#say(t('sent'));
    this.#end(true);
    void offer(this.#options);
    return true;
  }

  #end(back = false): void {
    const { form, box } = this.#options;
    this.#recorder = null;
    this.#player?.end();
    this.#watching.abort();
    this.#element.remove();
    form.classList.remove('voicing');
    if (strips.get(form) === this) strips.delete(form);
    this.#free?.();
    if (back) box.focus();
  }

  #show({ elements, words, first }: Lines): void {
    this.#draw(...elements);
    this.#say(words);
    first.focus();
  }

  #draw(...inside: (Node | string)[]): void {
    this.#element.replaceChildren(...inside);
  }

  #say(text: string): void {
    if (text === this.#told) return;
    this.#told = text;
    this.#options.announce(text);
  }

  /** What is pressed here is not for the keys of the page: Escape asks, and closes nothing around. */
  #keyed(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.type !== 'keydown' || event.key !== 'Escape') return;
    event.preventDefault();
    const keep = this.#element.querySelector<HTMLElement>('[data-keep]');
    if (keep) keep.click();
    else if (this.#recorder === null && this.#kept === null) this.#end(true);
    else this.#askToDiscard();
  }
}
