import type { StreamWord } from './stream-log.ts';

/** What is scored. */
export interface Detections {
  /** Pulses by the recorder's clock, ascending; the first marks the start of the audio and is no detection. */
  readonly pulsesMs: readonly number[];
  readonly words: readonly StreamWord[];
  /** A detection counts for a word until so long after its end. */
  readonly toleranceMs: number;
  /** False detections within this time after one are one. */
  readonly debounceMs: number;
}

/** What the detections were. */
export interface DetectionScore {
  /** Words that were heard, as indices. */
  readonly heard: readonly number[];
  readonly missed: readonly number[];
  /** Detections outside every word, debounced, in milliseconds from the start of the audio. */
  readonly falseAtMs: readonly number[];
}

/** The first of each group: the others follow a kept one within the debounce time. At the same instant both count. */
function debounced(atMs: readonly number[], debounceMs: number): number[] {
  const kept: number[] = [];
  for (const instantMs of atMs) {
    const last = kept.at(-1);
    const isNew = last === undefined || instantMs === last || instantMs > last + debounceMs;
    if (isNew) kept.push(instantMs);
  }
  return kept;
}

/**
 * Which words were heard and which detections were false. Every detection from a word's start to its end and the
 * tolerance is that word's; one that fits two words is the first one's. Pure.
 *
 * @see protocol sheet "mlperf-tiny", section 2, sww; the public runner takes 2 s of tolerance, its README says 1 s
 */
export function scoreDetections({
  pulsesMs,
  words,
  toleranceMs,
  debounceMs,
}: Detections): DetectionScore {
  const [startMs = 0, ...pulses] = pulsesMs;
  let left = pulses.map((pulseMs) => pulseMs - startMs);
  const heard: number[] = [];
  const missed: number[] = [];
  for (const [index, word] of words.entries()) {
    const isOthers = (atMs: number): boolean =>
      atMs < word.startMs || atMs > word.endMs + toleranceMs;
    const others = left.filter(isOthers);
    (others.length < left.length ? heard : missed).push(index);
    left = others;
  }
  return { heard, missed, falseAtMs: debounced(left, debounceMs) };
}
