import { sineOfTurns } from './portable-math.ts';
import type { SeededRandom } from './seeded-random.ts';

/** How a sound moves over its own length; `progress` runs from 0 at its onset to 1 at its end. */
export interface SoundContour {
  /** Pitch against the base pitch of the sound, in octaves; about -1.5..1.5. */
  readonly octavesAt: (progress: number) => number;
  /** Loudness factor, 0..1. */
  readonly gainAt: (progress: number) => number;
}

/** Draws the contour of one sound. */
export type ContourMaker = (random: SeededRandom) => SoundContour;

const full = (): number => 1;
const flat = (): number => 0;

/** A triangle wave of period 1 and range -0.5..0.5 that starts at -0.5. */
function triangleWave(position: number): number {
  const fraction = position - Math.floor(position);
  return fraction < 0.5 ? 2 * fraction - 0.5 : 1.5 - 2 * fraction;
}

/** A straight glide, upwards for direction 1 and downwards for -1. */
function glide(direction: number): ContourMaker {
  return (random) => {
    const octaves = direction * random.between([0.3, 1.2]);
    return { octavesAt: (progress) => octaves * (progress - 0.5), gainAt: full };
  };
}

/** There and back once: an arch for direction 1, a valley for -1. */
function arch(direction: number): ContourMaker {
  return (random) => {
    const octaves = direction * random.between([0.3, 1.1]);
    const turn = random.between([0.3, 0.7]);
    const rise = (progress: number): number =>
      progress < turn ? progress / turn : (1 - progress) / (1 - turn);
    return { octavesAt: (progress) => octaves * (rise(progress) - 0.5), gainAt: full };
  };
}

/** Two held notes, the second higher for direction 1 and lower for -1. */
function step(direction: number): ContourMaker {
  return (random) => {
    const octaves = direction * random.between([0.3, 1.1]);
    const turn = random.between([0.35, 0.65]);
    return {
      octavesAt: (progress) => (progress < turn ? -octaves / 2 : octaves / 2),
      gainAt: full,
    };
  };
}

/** Vibrato that is slow enough for the frames to follow. */
const warble: ContourMaker = (random) => {
  const cycles = random.between([2.5, 5.5]);
  const octaves = random.between([0.15, 0.5]);
  const startTurns = random.between([0, 1]);
  return {
    octavesAt: (progress) => octaves * sineOfTurns(cycles * progress + startTurns),
    gainAt: full,
  };
};

/** The same short glide over and over: upwards for direction 1, downwards for -1. */
function sawtooth(direction: number): ContourMaker {
  return (random) => {
    const cycles = 2 + random.below(3);
    const octaves = direction * random.between([0.4, 1.1]);
    const fraction = (progress: number): number =>
      progress * cycles - Math.floor(progress * cycles);
    return { octavesAt: (progress) => octaves * (fraction(progress) - 0.5), gainAt: full };
  };
}

/** One held note, cut into bursts. */
const pulse: ContourMaker = (random) => {
  const bursts = 3 + random.below(3);
  const duty = random.between([0.35, 0.65]);
  return {
    octavesAt: flat,
    gainAt: (progress) =>
      progress * (bursts - 1 + duty) - Math.floor(progress * (bursts - 1 + duty)) < duty ? 1 : 0.05,
  };
};

/** One held note. */
const hum: ContourMaker = () => ({ octavesAt: flat, gainAt: full });

/** Up and down more than once: an arch that does not stop. */
const zigzag: ContourMaker = (random) => {
  const cycles = random.between([1.4, 2.2]);
  const start = random.chance(0.5) ? 0 : 0.5;
  const octaves = random.between([0.4, 1.1]);
  return {
    octavesAt: (progress) => octaves * triangleWave(cycles * progress + start),
    gainAt: full,
  };
};

/** Three to five held notes of any height. */
const tune: ContourMaker = (random) => {
  const notes = Array.from({ length: 3 + random.below(3) }, () => random.between([-0.6, 0.6]));
  return { octavesAt: (progress) => notes[Math.floor(progress * notes.length)] ?? 0, gainAt: full };
};

/** A glide with a gap in it, in either direction. */
const brokenGlide: ContourMaker = (random) => {
  const octaves = random.between([0.4, 1.2]) * (random.chance(0.5) ? 1 : -1);
  return {
    octavesAt: (progress) => octaves * (progress - 0.5),
    gainAt: (progress) => (progress > 0.35 && progress < 0.65 ? 0.02 : 1),
  };
};

/** A sound of none of the named words. */
const unknown: ContourMaker = (random) => {
  const makers = [zigzag, tune, brokenGlide, sawtooth(-1)];
  return (makers[random.below(makers.length)] ?? zigzag)(random);
};

/** Who draws the contour of each label but silence, which has none. */
export const contourMakers = {
  rise: glide(1),
  fall: glide(-1),
  peak: arch(1),
  dip: arch(-1),
  hop: step(1),
  drop: step(-1),
  warble,
  chirp: sawtooth(1),
  pulse,
  hum,
  unknown,
} as const satisfies Readonly<Record<string, ContourMaker>>;
