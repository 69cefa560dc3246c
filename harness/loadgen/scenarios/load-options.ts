import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import type { LatencyRecorder } from '../recorder/latency-recorder.ts';
import type { LoadContext } from '../one-by-one.ts';

/** The settings that a performance load follows. */
type LoadSettings = Pick<
  RunSettings,
  | 'seed'
  | 'minDurationMs'
  | 'minQueryCount'
  | 'maxDurationMs'
  | 'queryDeadlineMs'
  | 'percentile'
  | 'performanceSampleCount'
>;

/** What a performance load is given. */
export interface LoadOptions extends Pick<
  LoadContext,
  'target' | 'clock' | 'onProgress' | 'signal'
> {
  readonly settings: LoadSettings;
  /** Takes one row per query; what it holds stays, however the load ends. */
  readonly recorder: LatencyRecorder;
}

/** The loop's part of the options. */
export function loadContext(options: LoadOptions): LoadContext {
  const { target, clock, onProgress, signal, settings } = options;
  const { queryDeadlineMs, maxDurationMs } = settings;
  return {
    target,
    clock,
    signal,
    queryDeadlineMs,
    maxDurationMs,
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}
