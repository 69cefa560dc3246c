import type { InferenceWindow } from '#harness/contracts/dut.ts';
import type {
  LatencyResult,
  RunSettings,
  ThroughputResult,
} from '#harness/contracts/records/run-record.ts';

import { windowDurationNs } from '../raw/windows.ts';
import { median } from '../statistics/median.ts';

/** What throughput is derived from. */
interface ThroughputBasis {
  readonly settings: RunSettings;
  readonly windows: readonly InferenceWindow[];
  readonly latency: LatencyResult | undefined;
}

/**
 * Inferences per second. Offline: samples over the largest latency. Single-stream: the median of the windows where
 * there are any, else one over the mean latency.
 *
 * @returns undefined when nothing was measured, or nothing took any time
 */
export function throughputResult1(basis: ThroughputBasis): ThroughputResult | undefined {
  const { settings, windows, latency } = basis;
  const windowSamplesPerSecond = windows.map(
    (window) => (window.inferenceCount * 1e9) / windowDurationNs(window),
  );
  if (settings.scenario === 'offline') {
    if (latency === undefined || latency.maxNs <= 0) return undefined;
    const samplesPerSecond = (latency.queryCount * 1e9) / latency.maxNs;
    return { samplesPerSecond, basis: 'offline', windowSamplesPerSecond };
  }
  if (windows.length > 0) {
    const samplesPerSecond = median(windowSamplesPerSecond);
    return { samplesPerSecond, basis: 'windows-median', windowSamplesPerSecond };
  }
  if (latency === undefined || latency.meanNs <= 0) return undefined;
  return { samplesPerSecond: 1e9 / latency.meanNs, basis: 'mean-latency', windowSamplesPerSecond };
}
