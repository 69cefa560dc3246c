import type { RunRecord } from '#harness/contracts/records/run-record.ts';
import { planPasses } from '#harness/loadgen/plan/plan-passes.ts';

/** A longer list is no use in a log line. */
const setLengthMax = 1_000_000;

/**
 * The sample set that a performance load of this record loaded, in the order in which its generator lists it.
 *
 * @param librarySampleCount - samples of the whole data set
 * @returns undefined when the record does not say enough, or the set is too long to be listed
 */
export function loadedSet(
  { settings }: Pick<RunRecord, 'settings'>,
  librarySampleCount: number,
): number[] | undefined {
  const { scenario, mode, order, selection, seeds, performanceSampleCount } = settings;
  const hasLoad = scenario !== 'find-peak' && mode !== 'accuracy' && mode !== 'compliance';
  if (!hasLoad || order === undefined || selection === undefined || seeds === undefined)
    return undefined;
  if (performanceSampleCount > Math.min(librarySampleCount, setLengthMax)) return undefined;
  const [pass] = planPasses({
    scenario,
    mode: 'performance',
    order,
    selection,
    sameIndex: settings.sameIndex ?? 0,
    seeds: { accuracyLog: '0', ...seeds },
    librarySampleCount,
    performanceSampleCount,
    samplesPerQuery: settings.samplesPerQuery ?? 1,
    // A set depends on none of these; they size the load.
    minDurationMs: 0,
    minQueryCount: 1,
    qps: 1,
    accuracyLogProbability: 0,
    accuracyLogSamplingTarget: 0,
  });
  return pass === undefined ? undefined : [...pass.loadedSet()];
}
