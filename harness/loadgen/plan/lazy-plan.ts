import { accuracyLogSampler, samplesAccuracyLog } from '../order/accuracy-log-sampler.ts';
import { arrivalGaps } from '../schedule/arrival-gaps.ts';
import { streamPeriodNs } from '../schedule/stream-period.ts';
import type { LoadPlanSettings } from './load-plan-settings.ts';
import { planPasses, type PlanPass } from './plan-passes.ts';

/** A plan whose lists are made while they are read, each from its beginning, so that no length costs memory. */
export interface LazyPlan {
  /** The loaded sets, one after the other; in multi-stream of the reference orders with their padding. */
  readonly sets: () => Iterable<Uint32Array>;
  /** Queries of the whole load. */
  readonly queries: number;
  /** Samples of the first query, which all have but the last of an offline accuracy load. */
  readonly samplesPerQuery: number;
  /** Sample indices of the listed queries, in the order of issue. */
  readonly samples: () => Iterable<number>;
  /** Scheduled instant of each listed query in nanoseconds since the start of its pass. */
  readonly scheduledNs: () => Iterable<number>;
  /** Whether the answer of each listed sample is kept; absent when the load keeps none by chance. */
  readonly logged?: () => Iterable<boolean>;
}

interface ListedPass {
  readonly pass: PlanPass;
  /** Queries of it that are listed. */
  readonly listedCount: number;
}

function listedPasses(passes: readonly PlanPass[], count: number): ListedPass[] {
  let left = count;
  return passes.map((pass) => {
    const listedCount = Math.min(left, pass.queryCount);
    left -= listedCount;
    return { pass, listedCount };
  });
}

function* passSamples({ pass, listedCount }: ListedPass): Generator<number, void> {
  const { unitLength, take } = pass.samples();
  const unit = new Uint32Array(unitLength);
  for (let left = listedCount * pass.samplesPerQuery; left > 0; left -= unitLength) {
    if (!take(unit, 0)) return;
    yield* unit;
  }
}

function* passScheduleNs(
  settings: LoadPlanSettings,
  { listedCount }: ListedPass,
): Generator<number, void> {
  const isServer = settings.scenario === 'server';
  const nextGapNs = isServer ? arrivalGaps(settings) : () => streamPeriodNs(settings);
  let scheduledNs = 0;
  for (let left = listedCount; left > 0; left -= 1) {
    yield scheduledNs;
    scheduledNs += nextGapNs();
  }
}

function* sampled(settings: LoadPlanSettings, sampleCount: number): Generator<boolean, void> {
  const isLogged = accuracyLogSampler(settings);
  for (let left = sampleCount; left > 0; left -= 1) yield isLogged();
}

function* flattened<T>(
  passes: readonly ListedPass[],
  list: (listed: ListedPass) => Iterable<T>,
): Generator<T, void> {
  for (const listed of passes) {
    if (listed.listedCount > 0) yield* list(listed);
  }
}

/**
 * The plan of a load.
 *
 * @param count - lists this many queries; default all
 * @throws LabError loadgen/plan-too-long
 */
export function lazyPlan(settings: LoadPlanSettings, count = Infinity): LazyPlan {
  const passes = planPasses(settings);
  const listed = listedPasses(passes, count);
  const sampleCount = listed.reduce(
    (sum, { pass, listedCount }) => sum + listedCount * pass.samplesPerQuery,
    0,
  );
  return {
    sets: () => passes.map((pass) => pass.loadedSet()),
    queries: passes.reduce((sum, pass) => sum + pass.queryCount, 0),
    samplesPerQuery: passes[0]?.samplesPerQuery ?? 0,
    samples: () => flattened(listed, passSamples),
    scheduledNs: () => flattened(listed, (pass) => passScheduleNs(settings, pass)),
    ...(samplesAccuracyLog(settings) ? { logged: () => sampled(settings, sampleCount) } : {}),
  };
}
