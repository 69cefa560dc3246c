import type { LoadPlanSettings } from '../plan/load-plan-settings.ts';
import { countingList } from './counting-list.ts';
import { fairDraw } from './fair-draw.ts';
import { portableDrawsOf, portableStreams } from './portable-draws.ts';
import type { SampleSource } from './sample-source.ts';

/** First sample and length of a loaded set: portable sets are ranges. */
interface SampleRange {
  readonly start: number;
  readonly length: number;
}

/** Each sample once a pass, in an order drawn while the pass goes on: no time is spent between two passes. */
function permutedSamples(length: number, draw: () => number): () => number {
  const list = countingList(length);
  let at = 0;
  return () => {
    const from = at + 1 === length ? at : at + fairDraw(draw, length - at);
    const sample = list[from] ?? 0;
    list[from] = list[at] ?? 0;
    list[at] = sample;
    at = at + 1 === length ? 0 : at + 1;
    return sample;
  };
}

/** Queries that begin anywhere, or always at one place, each with the neighbours of its first sample. */
function neighbourQueries(
  length: number,
  unitLength: number,
  nextFirst: () => number,
): SampleSource {
  const take: SampleSource['take'] = (samples, at) => {
    let sample = nextFirst();
    for (let i = 0; i < unitLength; i += 1) {
      samples[at + i] = sample;
      sample = sample + 1 === length ? 0 : sample + 1;
    }
    return true;
  };
  return { unitLength, take };
}

/** Queries of samples that follow each other in a stream of samples. */
function streamQueries(
  unitLength: number,
  nextSample: () => number,
  queryCount: number,
): SampleSource {
  let doneCount = 0;
  const take: SampleSource['take'] = (samples, at) => {
    if (doneCount === queryCount) return false;
    for (let i = 0; i < unitLength; i += 1) samples[at + i] = nextSample();
    doneCount += 1;
    return true;
  };
  return { unitLength, take };
}

/**
 * The portable order of a performance load; the set is samples 0..performanceSampleCount-1. Ends in `unique` only.
 *
 * @see harness/docs/sample-order.md
 */
export function portableSamples(settings: LoadPlanSettings): SampleSource {
  const { selection, sameIndex, performanceSampleCount: length, samplesPerQuery } = settings;
  const draw = portableDrawsOf(settings.seeds.sampleIndex, portableStreams.order);
  switch (selection) {
    case 'normal':
      return neighbourQueries(length, samplesPerQuery, () => fairDraw(draw, length));
    case 'same':
      return neighbourQueries(length, samplesPerQuery, () => sameIndex);
    case 'equal-issue':
      return streamQueries(samplesPerQuery, permutedSamples(length, draw), Infinity);
    case 'unique':
      return streamQueries(
        samplesPerQuery,
        permutedSamples(length, draw),
        Math.floor(length / samplesPerQuery),
      );
  }
}

/**
 * The portable order of an accuracy load over one set: every sample once, by index; a last query that is not full
 * takes the set's first samples.
 */
export function portableAccuracySamples(
  settings: LoadPlanSettings,
  { start, length }: SampleRange,
): SampleSource {
  let sample = 0;
  const nextSample = (): number => {
    const given = start + sample;
    sample = sample + 1 === length ? 0 : sample + 1;
    return given;
  };
  const { samplesPerQuery } = settings;
  return streamQueries(samplesPerQuery, nextSample, Math.ceil(length / samplesPerQuery));
}
