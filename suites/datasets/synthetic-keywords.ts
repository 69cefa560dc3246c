import { balancedLabel } from './balanced-label.ts';
import { contourMakers } from './keyword-contours.ts';
import type { SoundContour } from './keyword-contours.ts';
import { powerOfTwo, sineOfTurns } from './portable-math.ts';
import { sampleSeed } from './sample-request.ts';
import type { SampleRequest } from './sample-request.ts';
import { seededRandom } from './seeded-random.ts';
import type { DrawRange, SeededRandom } from './seeded-random.ts';

/** The classes, in the order of the model's outputs. The words are ours: each names how a tone moves. */
export const keywordLabels = [
  'rise',
  'fall',
  'peak',
  'dip',
  'hop',
  'drop',
  'warble',
  'chirp',
  'pulse',
  'hum',
  'silence',
  'unknown',
] as const;

/** Samples in the evaluation split; reported accuracy is over samples 0..499. */
export const keywordEvaluationCount = 500;

/** Moves whenever a byte of any sample moves. */
export const keywordsVersion = '1.0.0';

/** Samples per second of the PCM. */
export const keywordSampleRateHz = 16_000;

/** One recording: a second of sound and what it is. */
export interface KeywordSample {
  /** 16 000 samples, mono, full scale -32768..32767. */
  readonly pcm: Int16Array;
  /** Index into `keywordLabels`. */
  readonly label: number;
}

const datasetWord = 0x6b77_0100;
const sampleCount = 16_000;
/** Pitch and gain are worked out once per this many samples (10 ms) and joined by straight lines. */
const controlSamples = 160;

/** The knobs of how hard the task is. */
const durationSecondsRange: DrawRange = [0.35, 0.8];
const baseHzRange: DrawRange = [380, 1100];
const amplitudeRange: DrawRange = [0.03, 0.4];
const signalToNoiseDbRange: DrawRange = [-4, 18];
const driftOctavesRange: DrawRange = [-0.12, 0.12];
/** log2(10) / 20: decibels of amplitude to powers of two. */
const octavesPerDb = 0.16609640474436813;

/** A sound with all its chance drawn. */
interface SoundPlan {
  readonly contour: SoundContour;
  readonly onsetSample: number;
  readonly durationSamples: number;
  readonly baseHz: number;
  readonly driftOctaves: number;
  readonly amplitude: number;
  /** Amplitudes of the harmonics above the first, against the first. */
  readonly harmonicGains: readonly number[];
}

/** A second drawn whole: its sound, if any, and the level of what lies behind it. */
interface ScenePlan {
  readonly sound: SoundPlan | undefined;
  readonly noiseRms: number;
}

function drawSound(contour: SoundContour, random: SeededRandom): SoundPlan {
  const durationSamples = Math.floor(random.between(durationSecondsRange) * keywordSampleRateHz);
  return {
    contour,
    durationSamples,
    onsetSample: Math.floor(random.between([0, sampleCount - durationSamples])),
    baseHz: random.between(baseHzRange),
    driftOctaves: random.between(driftOctavesRange),
    amplitude: random.between(amplitudeRange),
    harmonicGains: [random.between([0, 0.6]), random.between([0, 0.4])],
  };
}

function drawScene(label: number, random: SeededRandom): ScenePlan {
  const name = keywordLabels[label];
  if (name === undefined) throw new RangeError(`no label ${label}`);
  const ratioDb = random.between(signalToNoiseDbRange);
  const noiseOverTone = Math.SQRT1_2 * powerOfTwo(-ratioDb * octavesPerDb);
  if (name === 'silence')
    return { sound: undefined, noiseRms: random.between(amplitudeRange) * noiseOverTone };
  const sound = drawSound(contourMakers[name](random), random);
  return { sound, noiseRms: sound.amplitude * noiseOverTone };
}

/** Fades the first and last 6 % of a sound, so that it begins and ends without a click. */
function edgeGain(progress: number): number {
  return Math.max(0, Math.min(1, progress / 0.06, (1 - progress) / 0.06));
}

function toneAt(phaseTurns: number, harmonicGains: readonly number[]): number {
  let sum = sineOfTurns(phaseTurns);
  for (const [index, gain] of harmonicGains.entries())
    sum += gain * sineOfTurns((index + 2) * phaseTurns);
  return sum;
}

/** Pitch in hertz and amplitude at one moment of a sound. */
function controlPoint(sound: SoundPlan, progress: number): { pitchHz: number; amplitude: number } {
  const octaves = sound.contour.octavesAt(progress) + sound.driftOctaves * (progress - 0.5);
  return {
    pitchHz: sound.baseHz * powerOfTwo(octaves),
    amplitude: sound.amplitude * edgeGain(progress) * sound.contour.gainAt(progress),
  };
}

function addSound(wave: Float64Array, sound: SoundPlan): void {
  let phaseTurns = 0;
  let from = controlPoint(sound, 0);
  for (let start = 0; start < sound.durationSamples; start += controlSamples) {
    const to = controlPoint(sound, Math.min(1, (start + controlSamples) / sound.durationSamples));
    const length = Math.min(controlSamples, sound.durationSamples - start);
    for (let offset = 0; offset < length; offset += 1) {
      const blend = offset / controlSamples;
      const amplitude = from.amplitude + blend * (to.amplitude - from.amplitude);
      phaseTurns += (from.pitchHz + blend * (to.pitchHz - from.pitchHz)) / keywordSampleRateHz;
      phaseTurns -= Math.floor(phaseTurns);
      wave[sound.onsetSample + start + offset] =
        amplitude * toneAt(phaseTurns, sound.harmonicGains);
    }
    from = to;
  }
}

/** Noise between white and brown, its level swelling slowly over the second, and now and then a steady tone. */
function addBackground(wave: Float64Array, noiseRms: number, random: SeededRandom): void {
  const brownShare = random.between([0, 1]);
  const swellTurnsPerSample = random.between([0.2, 2]) / keywordSampleRateHz;
  const swellStartTurns = random.between([0, 1]);
  const toneTurnsPerSample = random.between([80, 3000]) / keywordSampleRateHz;
  const toneAmplitude = random.chance(0.4) ? noiseRms * random.between([0.2, 1]) : 0;
  let brown = 0;
  for (let index = 0; index < wave.length; index += 1) {
    const white = random.normal();
    brown = 0.95 * brown + 0.3122 * white;
    const swell = 1 + 0.4 * sineOfTurns(swellTurnsPerSample * index + swellStartTurns);
    const noise = noiseRms * swell * (white + brownShare * (brown - white));
    wave[index] =
      (wave[index] ?? 0) + noise + toneAmplitude * sineOfTurns(toneTurnsPerSample * index);
  }
}

/** Clips to full scale, as a recorder does. */
function pcmOf(wave: Float64Array): Int16Array {
  const pcm = new Int16Array(wave.length);
  for (const [index, value] of wave.entries()) {
    pcm[index] = Math.max(-32_768, Math.min(32_767, Math.round(value * 32_767)));
  }
  return pcm;
}

/** One second of sound. The same request gives the same bytes on every platform. */
export function keywordSample(request: SampleRequest): KeywordSample {
  const label = balancedLabel({ datasetWord, labelCount: keywordLabels.length }, request);
  const random = seededRandom(sampleSeed(datasetWord, request));
  const scene = drawScene(label, random);
  const wave = new Float64Array(sampleCount);
  if (scene.sound !== undefined) addSound(wave, scene.sound);
  addBackground(wave, scene.noiseRms, random);
  return { pcm: pcmOf(wave), label };
}
