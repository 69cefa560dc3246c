import { earlyStoppingQueryCount } from '#harness/judge/statistics/early-stopping.ts';

import type { LoadEnd, LoadProgress } from '../load-end.ts';
import { portableOrder } from '../order/portable-order.ts';
import { runOneByOne } from '../one-by-one.ts';
import { loadContext, type LoadOptions } from './load-options.ts';
import { queryRow } from './query-row.ts';

/** What has been timed so far. */
interface Tally {
  completedCount: number;
  latencySumNs: number;
}

/** How many queries there will be if the others take as long as those so far. */
function expectedProgress(tally: Tally, goal: { count: number; sumNs: number }): LoadProgress {
  const { completedCount, latencySumNs } = tally;
  const byDuration =
    latencySumNs > 0 ? Math.ceil((goal.sumNs * completedCount) / latencySumNs) : goal.count;
  const totalCount = Math.max(completedCount, goal.count, byDuration);
  return { doneCount: completedCount, totalCount };
}

/**
 * Single stream: the next query when the previous one has completed. Latency counts from the issue. Ends when the
 * latencies add up to `minDurationMs`, `minQueryCount` queries completed, and early stopping can state a latency; or
 * earlier at `maxDurationMs`, a failed query or an abort. Never throws for what the target does.
 */
export function runSingleStream(options: LoadOptions): Promise<LoadEnd> {
  const { settings, recorder } = options;
  const nextInOrder = portableOrder(settings.seed, settings.performanceSampleCount);
  const goal = {
    count: Math.max(settings.minQueryCount, earlyStoppingQueryCount(settings.percentile)),
    sumNs: settings.minDurationMs * 1e6,
  };
  const tally: Tally = { completedCount: 0, latencySumNs: 0 };
  return runOneByOne(loadContext(options), {
    nextSampleIndex: () =>
      tally.completedCount >= goal.count && tally.latencySumNs >= goal.sumNs
        ? undefined
        : nextInOrder(),
    prepare: recorder.reserve,
    onQuery: (outcome) => {
      recorder.record(queryRow(outcome, outcome.issuedAtNs));
      if (outcome.ended !== 'completed') return;
      tally.completedCount += 1;
      tally.latencySumNs += outcome.completedAtNs - outcome.issuedAtNs;
    },
    progress: () => expectedProgress(tally, goal),
  });
}
