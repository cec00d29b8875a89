/**
 * What rings, and in which tab: of those that somebody has touched and that are told of what happens, one.
 *
 * A browser lets a page be heard only after somebody has pressed something in it. From then on the tab waits for its turn to
 * be the one that rings; its turn ends with its connection or with the tab.
 */
import type { ConsoleEvent, ConversationRow, NoticeKind, SoundName } from '@recado/shared/wire.ts';
import { alarmsAfter, isAlarming } from './alarms.ts';
import { chosen } from './choices.svelte.ts';
import { isLookedAt } from './looking.ts';
import { isSilent } from './quiet.ts';
import { newsOf, placeOfConversation, wants, type News } from './rings.ts';
import { session } from './session.svelte.ts';
import { play } from './sounds.ts';
import { time } from './time.svelte.ts';

/** The tab that holds this name rings; the service worker goes by it, too. */
export const RINGER = 'recado:ringer';
/** What comes so soon after a ring is told with it. */
const FOLDS_MS = 2_000;
/** So often it rings again while somebody waits for too long. */
const INSISTS_MS = 30_000;
/** With a finger it is the lifting that counts. */
const GESTURES = ['pointerdown', 'pointerup', 'keydown'] as const;

export class Ringing {
  /** The newest version of each conversation that was told: what is told twice has happened once. */
  private readonly told = new Map<string, number>();
  /** Those that ring again and again. */
  private alarms: ReadonlySet<number> = new Set();
  private audio: AudioContext | null = null;
  private connected = false;
  private turn: AbortController | null = null;
  private mine = false;
  private rangAt = -FOLDS_MS;

  /** Waits for the first press in this page. */
  listen(): () => void {
    const touched = (): void => void this.wake();
    for (const gesture of GESTURES) addEventListener(gesture, touched, { capture: true });
    // Whoever has signed in here has pressed something.
    if ((navigator.userActivation as UserActivation | undefined)?.hasBeenActive) touched();
    const again = setInterval(() => void this.insist(), INSISTS_MS);
    return () => {
      clearInterval(again);
      this.alarms = new Set();
      for (const gesture of GESTURES) removeEventListener(gesture, touched, { capture: true });
    };
  }

  /** Whether the page is told of what happens: one that is not leaves its turn to another. */
  hears(connected: boolean): void {
    this.connected = connected;
    this.queue();
  }

  /** A fetch says what waits: those of them that have waited for too long ring. */
  knows(waiting: readonly ConversationRow[]): void {
    this.alarms = new Set(waiting.filter(isAlarming).map(({ id }) => id));
  }

  async heard(event: ConsoleEvent): Promise<void> {
    this.alarms = alarmsAfter(this.alarms, event);
    const news = session.me ? newsOf(event, session.me.id) : null;
    if (!news || news.version <= (this.told.get(news.place) ?? -1)) return;
    this.told.set(news.place, news.version);
    if (await this.disturbs(news)) this.ring(news.kind);
  }

  /** Plays a sound at once, for whoever chooses it. */
  async try(name: SoundName): Promise<void> {
    await this.wake();
    if (this.audio) play(name, this.audio);
  }

  /** While somebody waits for too long it rings again, by whichever of them one wants to hear of and does not look at. */
  private async insist(): Promise<void> {
    for (const id of this.alarms)
      if (await this.disturbs({ kind: 'waiting', id, among: false, place: placeOfConversation(id) })) return this.ring('waiting');
  }

  private async disturbs({ kind, id, among, place }: Omit<News, 'version'>): Promise<boolean> {
    const alerts = (among ? chosen.now.directs[id] : chosen.now.alerts[id]) ?? 'all';
    if (!this.mine || !wants(chosen.now.choices, alerts, kind) || isSilent(chosen.now, time.now)) return false;
    return !(await isLookedAt(place));
  }

  private ring(kind: NoticeKind): void {
    if (!this.audio || performance.now() - this.rangAt < FOLDS_MS) return;
    const name = chosen.now.choices.sounds[kind];
    if (name === 'none') return;
    this.rangAt = performance.now();
    play(name, this.audio);
  }

  /** A press makes it heard; also again, where the device has silenced it meanwhile. */
  private async wake(): Promise<void> {
    // Not every key counts as a press: a browser that says so is not asked in vain.
    if (this.audio?.state === 'running' || (navigator.userActivation as UserActivation | undefined)?.hasBeenActive === false) return;
    try {
      this.audio ??= this.open();
      await this.audio.resume();
    } catch {
      // A device without sound, or one that allows none now: the next press tries again.
    }
    this.queue();
  }

  private open(): AudioContext {
    const audio = new AudioContext();
    // A telephone that is locked, or a device that is pulled out: another tab may be heard.
    audio.onstatechange = () => this.queue();
    return audio;
  }

  /** Waits for its turn while it could ring, and gives it up where it could not. */
  private queue(): void {
    const ready = this.connected && this.audio?.state === 'running';
    if (ready === (this.turn !== null)) return;
    if (ready) return this.wait((this.turn = new AbortController()));
    this.turn?.abort();
    this.turn = null;
    this.mine = false;
  }

  private wait({ signal }: AbortController): void {
    const locks = navigator.locks as LockManager | undefined;
    const ended = new Promise<void>((over) => signal.addEventListener('abort', () => over()));
    const within = (): Promise<void> => {
      this.mine = !signal.aborted;
      return ended;
    };
    // Where tabs cannot agree, each rings.
    if (!locks) return void within();
    locks.request(RINGER, { signal }, within).catch(() => undefined);
  }
}

export const ringing = new Ringing();
