import { expect, test } from 'vitest';

import { systemClock } from '#harness/kernel/system-clock.ts';
import { rowRingReader } from '#harness/loadgen/row-ring-reader.ts';
import { makeRowRing } from '#harness/loadgen/row-ring.ts';

import { heldHeapBytes } from '../loadgen/held-heap-bytes.ts';
import { issueLoad } from './issue-load.ts';
import { createLoadBridge } from './load-bridge.ts';
import { loopbackDevice } from './loopback-device.ts';

test('a million queries over the bridge and back leave less than a megabyte on the heap', () => {
  const clock = systemClock();
  const bridge = createLoadBridge(4096, 1);
  const rows = makeRowRing({ rowCapacity: 65_536 });
  const disk = rowRingReader(rows);
  const answer = loopbackDevice(bridge, clock);
  const beforeCollect = (): void => {
    answer();
    if (disk.waitingCount() > 32_768) disk.release(disk.waitingCount());
  };
  const seeds = { qsl: '1', sampleIndex: '2', schedule: '3', accuracyLog: '4' };

  const heapBytesBefore = heldHeapBytes();
  const outcome = issueLoad(
    {
      plan: {
        scenario: 'server',
        order: 'portable',
        mode: 'performance',
        selection: 'normal',
        sameIndex: 0,
        seeds,
        librarySampleCount: 100,
        performanceSampleCount: 100,
        samplesPerQuery: 1,
        minDurationMs: 2100,
        minQueryCount: 1_000_000,
        qps: 500_000,
        accuracyLogProbability: 0,
        accuracyLogSamplingTarget: 0,
      },
      limits: {
        minDurationMs: 2100,
        minQueryCount: 1_000_000,
        maxDurationMs: 20_000,
        queryDeadlineMs: 10_000,
        percentile: 0.5,
        // A machine that stands still for a second must not end it early.
        outstandingCountMax: 1_048_576,
      },
      bridge,
      rows,
    },
    { clock, log: () => {}, onProgress: () => {}, beforeCollect },
  );
  const growthBytes = heldHeapBytes() - heapBytesBefore;
  expect(outcome.tally.completedCount).toBeGreaterThan(1_000_000);
  expect(growthBytes).toBeLessThan(1_000_000);
});
