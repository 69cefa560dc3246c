import { expect, it } from 'vitest';

import { decodeQueryLog, encodeQueryLog } from '#harness/judge/raw/query-log.ts';

import { latencyRecorder, type LatencyRecorder } from './latency-recorder.ts';

function recordRow(recorder: LatencyRecorder, row: number): void {
  recorder.reserve();
  recorder.record({
    issuedAtNs: row,
    latencyNs: row + 0.5,
    deviceDurationNs: Number.NaN,
    sampleIndex: row % 5,
    status: 0,
  });
}

it('keeps every row while it grows from 2 to 16 rows, in shared memory', () => {
  const recorder = latencyRecorder(2);
  for (let row = 0; row < 11; row += 1) recordRow(recorder, row);
  const log = recorder.log();
  expect(recorder.queryCount()).toBe(11);
  expect([...log.issuedAtNs]).toEqual(Array.from({ length: 11 }, (_, row) => row));
  expect(log.latencyNs.at(-1)).toBe(10.5);
  expect(log.sampleIndex.at(-1)).toBe(0);
  expect(log.latencyNs.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(decodeQueryLog(encodeQueryLog(log))).toEqual(log);
});

it('gives a log that later rows do not change', () => {
  const recorder = latencyRecorder(8);
  recordRow(recorder, 0);
  const log = recorder.log();
  recordRow(recorder, 1);
  expect(log.queryCount).toBe(1);
  expect(log.latencyNs).toHaveLength(1);
});

it('refuses a row that no room was made for', () => {
  const recorder = latencyRecorder(1);
  recordRow(recorder, 0);
  const row = { issuedAtNs: 1, latencyNs: 1, deviceDurationNs: 1, sampleIndex: 0, status: 0 };
  expect(() => recorder.record(row)).toThrow('reserve() comes before record()');
});
