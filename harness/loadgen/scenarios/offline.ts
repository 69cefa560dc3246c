import type { LoadEnd } from '../load-end.ts';
import { portableOrder } from '../order/portable-order.ts';
import { runOneByOne } from '../one-by-one.ts';
import { loadContext, type LoadOptions } from './load-options.ts';
import { queryRow } from './query-row.ts';

/** An offline load: its size is set before it starts. */
export interface OfflineOptions extends LoadOptions {
  /** Samples of the one query; default `minQueryCount`. */
  readonly sampleCount?: number;
}

/**
 * Offline: one query of many samples, all issued when the load starts. The latency of a sample counts from the start
 * to its completion, with all that lies between, staging too; so samples over the largest latency is the throughput.
 * Ends when every sample completed, or earlier as a single stream does.
 */
export function runOffline(options: OfflineOptions): Promise<LoadEnd> {
  const { settings, recorder, clock } = options;
  const sampleCount = options.sampleCount ?? settings.minQueryCount;
  const nextInOrder = portableOrder(settings.seed, settings.performanceSampleCount);
  let doneCount = 0;
  const startedAtNs = clock.nowNs();
  return runOneByOne(loadContext(options), {
    nextSampleIndex: () => (doneCount < sampleCount ? nextInOrder() : undefined),
    prepare: recorder.reserve,
    onQuery: (outcome) => {
      recorder.record(queryRow({ ...outcome, issuedAtNs: startedAtNs }, startedAtNs));
      if (outcome.ended === 'completed') doneCount += 1;
    },
    progress: () => ({ doneCount, totalCount: sampleCount }),
  });
}
