import type { Clock } from '#harness/kernel/clock.ts';
import { makeRowRing } from '#harness/loadgen/row-ring.ts';

import { issueLoad } from './issue-load.ts';
import { createLoadBridge } from './load-bridge.ts';
import { loopbackDevice } from './loopback-device.ts';

/** About 20 000 queries in a tenth of a second: the engine has compiled the way of a query by then. */
const qps = 200_000;
const durationMs = 100;
const rowCapacity = 65_536;

/**
 * Issues a short load to nobody, so that the first queries of a real one are not issued by code that is still
 * interpreted: at 1000 queries per second that would be the case for half a minute.
 */
export function warmUpIssuing(clock: Clock): void {
  const bridge = createLoadBridge(1024, 1);
  const seed = '1';
  issueLoad(
    {
      plan: {
        scenario: 'server',
        mode: 'performance',
        order: 'portable',
        selection: 'normal',
        sameIndex: 0,
        seeds: { qsl: seed, sampleIndex: seed, schedule: seed, accuracyLog: seed },
        librarySampleCount: 1024,
        performanceSampleCount: 1024,
        samplesPerQuery: 1,
        minDurationMs: durationMs,
        minQueryCount: 1,
        qps,
        accuracyLogProbability: 0,
        accuracyLogSamplingTarget: 0,
      },
      limits: {
        minDurationMs: durationMs,
        minQueryCount: 1,
        maxDurationMs: 2 * durationMs,
        queryDeadlineMs: 1000,
        percentile: 0.5,
        outstandingCountMax: 65_536,
      },
      bridge,
      // Room for all of its rows: nobody takes them.
      rows: makeRowRing({ rowCapacity }),
    },
    { clock, log: () => {}, onProgress: () => {}, beforeCollect: loopbackDevice(bridge, clock) },
  );
}
