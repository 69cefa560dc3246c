import type { Scenario } from '#harness/contracts/records/run-record.ts';

/** What a recorded load is judged by. */
export interface RecordedSettings {
  readonly scenario: Exclude<Scenario, 'find-peak'>;
  /** In 0 < p < 1. */
  readonly targetPercentile: number;
  readonly minDurationMs: number;
  readonly minQueryCount: number;
  readonly samplesPerQuery: number;
  readonly targetQps?: number;
  /** Server: limit of the percentile of the latency; ignored where a limit of tokens is given. */
  readonly targetLatencyNs?: number;
  readonly ttftTargetNs?: number;
  readonly tpotTargetNs?: number;
}
