import { expect, it } from 'vitest';

import { rowStatus } from '../raw/query-row.ts';
import { logOfRows } from '../testing/log-of-rows.ts';
import { deviceTimesOf } from './device-times.ts';

it('states what devices reported and what the host saw beyond it, of completed queries alone', () => {
  const rows = Array.from({ length: 100 }, (_, index) => ({
    latencyNs: 1000 + index,
    deviceDurationNs: 900.7,
  }));
  const log = logOfRows([
    ...rows,
    { latencyNs: 5000 },
    { status: rowStatus.failed, latencyNs: 9000, deviceDurationNs: 1 },
  ]);
  expect(deviceTimesOf(log)).toMatchObject({
    queryCount: 100,
    longerThanHostCount: 0,
    device: { minNs: 900, p50Ns: 900, maxNs: 900 },
    difference: { minNs: 100, p50Ns: 150, p99Ns: 199, maxNs: 199 },
  });
});

it('counts durations that are longer than what the host saw, as no difference', () => {
  const log = logOfRows([
    { latencyNs: 100, deviceDurationNs: 140 },
    { latencyNs: 100, deviceDurationNs: 60 },
  ]);
  expect(deviceTimesOf(log)).toMatchObject({
    longerThanHostCount: 1,
    difference: { minNs: 0, maxNs: 40 },
  });
});

it('states nothing where no device told', () => {
  expect(deviceTimesOf(logOfRows([{ latencyNs: 100 }]))).toBeUndefined();
  expect(deviceTimesOf(logOfRows([{ latencyNs: 100, tokenCount: 2 }]))).toBeUndefined();
});
