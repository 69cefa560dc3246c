import type { LoadPlanSettings } from '../plan/load-plan-settings.ts';
import { offlineSampleCount } from '../plan/offline-sample-count.ts';
import { canonicalDraw } from './canonical-draw.ts';
import { mersenneDefaultSeed, mersenneTwister } from './mersenne-twister.ts';
import { portableDrawsOf, portableStreams } from './portable-draws.ts';
import { raisedMinQueryCount } from './reference-order.ts';
import { seedHalves } from './seed-halves.ts';
import { uniformDraw } from './uniform-draw.ts';

/** Whether a load keeps answers by chance. Pure. */
export function samplesAccuracyLog(settings: LoadPlanSettings): boolean {
  const { mode, accuracyLogProbability, accuracyLogSamplingTarget } = settings;
  return mode === 'performance' && (accuracyLogProbability > 0 || accuracyLogSamplingTarget > 0);
}

/** The share of samples whose answers are kept; over 1 when the target is more than there will be. Pure. */
function keptShare(settings: LoadPlanSettings): number {
  const { accuracyLogSamplingTarget, scenario, samplesPerQuery, order } = settings;
  if (accuracyLogSamplingTarget === 0) return settings.accuracyLogProbability;
  const expected = Math.floor((settings.qps * settings.minDurationMs) / 1000) * samplesPerQuery;
  const minQueryCount =
    order === 'portable' ? settings.minQueryCount : raisedMinQueryCount(settings);
  const least =
    scenario === 'offline' ? offlineSampleCount(settings) : minQueryCount * samplesPerQuery;
  return accuracyLogSamplingTarget / Math.max(expected, least);
}

function referenceSampler(settings: LoadPlanSettings, probability: number): () => boolean {
  const { next } = mersenneTwister(mersenneDefaultSeed);
  const offsetSeed = seedHalves(settings.seeds.accuracyLog).low;
  const offset = canonicalDraw(mersenneTwister(offsetSeed).next);
  return () => {
    const moved = canonicalDraw(next) + offset;
    return (moved < 1 ? moved : moved - 1) <= probability;
  };
}

function portableSampler(settings: LoadPlanSettings, probability: number): () => boolean {
  const draw = portableDrawsOf(settings.seeds.accuracyLog, portableStreams.accuracyLog);
  return () => uniformDraw(draw) < probability;
}

/**
 * Tells for one sample after the other, in the order of issue, whether its answer is kept in a performance load. No
 * allocation per call; never true when sampling is off.
 *
 * @see harness/docs/sample-order.md
 */
export function accuracyLogSampler(settings: LoadPlanSettings): () => boolean {
  if (!samplesAccuracyLog(settings)) return () => false;
  const probability = keptShare(settings);
  return settings.order === 'portable'
    ? portableSampler(settings, probability)
    : referenceSampler(settings, probability);
}
