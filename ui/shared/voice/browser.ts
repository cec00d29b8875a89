/** The microphone as the browser gives it. */
import type { Machine, RecorderWorld } from './recorder.ts';

/** What every browser of today records one of; a voice needs no more than this. */
const TYPES = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4', 'audio/webm'];
const BITS_PER_SECOND = 32_000;
/** As coarse as it gets: half an hour of it takes little memory, and its length is the same. */
const MEASURED_HZ = 8_000;
const MEASURED_WITHIN_MS = 2_000;

export const browserRecorderWorld: RecorderWorld = {
  now: () => performance.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
  listen: async () => {
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!window.isSecureContext || !devices) throw Object.assign(new Error(), { name: window.isSecureContext ? '' : 'Insecure' });
    return devices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
  },
  machine: (stream) => {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    return new MediaRecorder(stream, { ...(mimeType && { mimeType }), audioBitsPerSecond: BITS_PER_SECOND }) as Machine;
  },
  meter: (stream) => {
    const context = new AudioContext();
    const ear = context.createAnalyser();
    ear.fftSize = 2048;
    context.createMediaStreamSource(stream).connect(ear);
    const heard = new Float32Array(ear.fftSize);
    return {
      level: () => {
        ear.getFloatTimeDomainData(heard);
        const loudness = Math.sqrt(heard.reduce((sum, one) => sum + one * one, 0) / heard.length);
        // As the ear has it: from -50 dB up to -8 dB.
        return Math.min(1, Math.max(0, (20 * Math.log10(loudness + 1e-6) + 50) / 42));
      },
      close: () => void context.close(),
    };
  },
  measure: async (sound) => {
    const late = new Promise<null>((passed) => setTimeout(passed, MEASURED_WITHIN_MS, null));
    const decoded = sound.arrayBuffer().then((bytes) => new OfflineAudioContext(1, 1, MEASURED_HZ).decodeAudioData(bytes));
    return Promise.race([decoded.then(({ duration }) => Math.round(duration * 1000)), late]).catch(() => null);
  },
};

/** Whether the page around forbids the microphone: then its visitor can allow nothing. */
export function forbidden(): boolean {
  const { featurePolicy } = document as Document & { featurePolicy?: { allowsFeature: (name: string) => boolean } };
  return featurePolicy?.allowsFeature('microphone') === false;
}

/** How the file is called: the server goes by what is in it, and whoever saves it by this. */
export function fileNameOf(type: string, at: number): string {
  const stamp = new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString();
  const [date, time] = [stamp.slice(0, 10), stamp.slice(11, 19)].map((part) => part.replaceAll(/[-:]/g, ''));
  const ending = type.includes('ogg') ? 'ogg' : type.includes('mp4') ? 'm4a' : 'webm';
  return `voice-${date}-${time}.${ending}`;
}
