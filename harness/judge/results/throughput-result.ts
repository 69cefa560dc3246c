import type { InferenceWindow } from '#harness/contracts/dut.ts';
import type { LoadResult } from '#harness/contracts/records/load-results.ts';
import type {
  LatencyResult,
  RunSettings,
  ThroughputResult,
} from '#harness/contracts/records/run-record.ts';

import { median } from '../statistics/median.ts';
import { windowRates } from './window-rates.ts';

/** What throughput is derived from. */
interface ThroughputBasis {
  readonly settings: RunSettings;
  readonly windows: readonly InferenceWindow[];
  readonly latency: LatencyResult | undefined;
  readonly load: LoadResult | undefined;
}

type Stated = Omit<ThroughputResult, 'windowSamplesPerSecond'>;

function streamRate(basis: ThroughputBasis, rates: readonly number[]): Stated | undefined {
  const { settings, latency } = basis;
  if (rates.length > 0) return { samplesPerSecond: median(rates), basis: 'windows-median' };
  if (latency === undefined || latency.meanNs <= 0) return undefined;
  const { samplesPerQuery = 1 } = settings;
  return { samplesPerSecond: (samplesPerQuery * 1e9) / latency.meanNs, basis: 'mean-latency' };
}

function offlineRate({ latency }: ThroughputBasis): Stated | undefined {
  if (latency === undefined || latency.maxNs <= 0) return undefined;
  return { samplesPerSecond: (latency.queryCount * 1e9) / latency.maxNs, basis: 'offline' };
}

function serverRate({ load }: ThroughputBasis): Stated | undefined {
  const samplesPerSecond = load?.completedPerSecond;
  return samplesPerSecond === undefined ? undefined : { samplesPerSecond, basis: 'completed-rate' };
}

function statedRate(basis: ThroughputBasis, rates: readonly number[]): Stated | undefined {
  switch (basis.settings.scenario) {
    case 'find-peak':
      return undefined;
    case 'server':
      return serverRate(basis);
    case 'offline':
      return offlineRate(basis);
    case 'single-stream':
    case 'multi-stream':
      return streamRate(basis, rates);
  }
}

/**
 * Samples per second. Offline: samples over the largest latency. Server: queries that completed, over the time until
 * the last issued one did. Streams: the median of the windows where there are any, else samples per query over the
 * mean latency.
 *
 * @returns undefined when nothing was measured, or nothing took any time
 */
export function throughputResult(basis: ThroughputBasis): ThroughputResult | undefined {
  const windowSamplesPerSecond = windowRates(basis.windows, basis.settings);
  const stated = statedRate(basis, windowSamplesPerSecond);
  return stated === undefined ? undefined : { ...stated, windowSamplesPerSecond };
}
