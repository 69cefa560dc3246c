import { lazyPlan } from './lazy-plan.ts';
import type { LoadPlanSettings } from './load-plan-settings.ts';

/** What a load will issue, for comparison with other load generators; see `LazyPlan` for each part. */
export interface LoadPlan {
  readonly sets: readonly (readonly number[])[];
  readonly queries: number;
  readonly samplesPerQuery: number;
  readonly samples: readonly number[];
  readonly scheduledNs: readonly number[];
  readonly logged?: readonly boolean[];
}

/**
 * The plan of a load as lists in memory.
 *
 * @param count - lists this many queries; default all
 * @throws LabError loadgen/plan-too-long
 */
export function loadPlan(settings: LoadPlanSettings, count?: number): LoadPlan {
  const plan = lazyPlan(settings, count);
  return {
    sets: [...plan.sets()].map((set) => [...set]),
    queries: plan.queries,
    samplesPerQuery: plan.samplesPerQuery,
    samples: [...plan.samples()],
    scheduledNs: [...plan.scheduledNs()],
    ...(plan.logged === undefined ? {} : { logged: [...plan.logged()] }),
  };
}
