/** The sounds, made from tones as they are played: nothing is fetched, and none lasts longer than a second. */
import type { SoundName } from '@recado/shared/wire.ts';

/** A tone: when it begins and how long it fades, in seconds; how high, in hertz, and towards what; how loud beside the others. */
interface Tone {
  at: number;
  fades: number;
  from: number;
  to?: number;
  loud: number;
  wave?: OscillatorType;
}

/** They differ by how they go, not only by how high they are: two tones down, three up, one that falls, two short knocks. */
const SOUNDS: Record<Exclude<SoundName, 'none'>, readonly Tone[]> = {
  bell: [
    { at: 0, fades: 0.6, from: 1046.5, loud: 0.5 },
    { at: 0, fades: 0.35, from: 2637, loud: 0.14 },
    { at: 0.2, fades: 0.75, from: 784, loud: 0.5 },
    { at: 0.2, fades: 0.4, from: 1975.5, loud: 0.12 },
  ],
  chime: [
    { at: 0, fades: 0.35, from: 659.3, loud: 0.4 },
    { at: 0.1, fades: 0.35, from: 830.6, loud: 0.4 },
    { at: 0.2, fades: 0.6, from: 987.8, loud: 0.4 },
  ],
  drop: [{ at: 0, fades: 0.22, from: 880, to: 440, loud: 0.6 }],
  knock: [
    { at: 0, fades: 0.09, from: 330, to: 220, loud: 0.9, wave: 'triangle' },
    { at: 0.14, fades: 0.12, from: 370, to: 247, loud: 0.9, wave: 'triangle' },
  ],
};

export const SOUND_NAMES: readonly SoundName[] = ['bell', 'chime', 'drop', 'knock', 'none'];
const LOUD = 0.35;
/** A tone that began at once would click. */
const RISES_S = 0.008;

export function play(name: SoundName, audio: AudioContext): void {
  if (name === 'none') return;
  for (const tone of SOUNDS[name]) sound(tone, audio);
}

function sound({ at, fades, from, to = from, loud, wave = 'sine' }: Tone, audio: AudioContext): void {
  const begins = audio.currentTime + 0.01 + at;
  const ends = begins + RISES_S + fades;
  const [voice, level] = [audio.createOscillator(), audio.createGain()];
  voice.type = wave;
  voice.frequency.setValueAtTime(from, begins);
  if (to !== from) voice.frequency.exponentialRampToValueAtTime(to, ends);
  level.gain.setValueAtTime(0, begins);
  level.gain.linearRampToValueAtTime(loud * LOUD, begins + RISES_S);
  level.gain.exponentialRampToValueAtTime(0.0001, ends);
  voice.connect(level).connect(audio.destination);
  voice.start(begins);
  voice.stop(ends);
}
