import type { RuleOutcome } from '#harness/contracts/records/run-record.ts';

import type { RecordedSettings } from './recorded-settings.ts';

/** Percentiles in nanoseconds, sorted[floor(n * p)]. */
export type RecordedPercentiles = Readonly<
  Record<'p50' | 'p90' | 'p95' | 'p97' | 'p99' | 'p99_9', number>
>;

/** Smallest, mean and largest, in nanoseconds; the mean by integer division. */
export interface RecordedExtent {
  readonly minNs: number;
  readonly meanNs: number;
  readonly maxNs: number;
}

/** Early stopping of a recorded load. */
export interface RecordedEarlyStopping {
  readonly percentile: number;
  readonly met: boolean;
  /** Streams: the latency to state, null when there are too few queries; else null. */
  readonly valueNs: number | null;
  readonly queriesNeeded: number;
  /** t: streams, sorted[n - t] is stated; server, queries over the limit or without a completion. */
  readonly overCount: number;
}

/** One rule, as in a record. */
export type RecordedRule = Omit<RuleOutcome, 'kind' | 'distance'> & { readonly distance: number };

/** What recorded latencies say; the answer of `assay loadgen judge --json`. */
export interface RecordedJudgement {
  readonly scenario: RecordedSettings['scenario'];
  /** The official metric of the scenario; null when it cannot be stated. */
  readonly metric: { readonly name: string; readonly value: number | null; readonly unit: string };
  readonly counts: {
    readonly queries: number;
    readonly samples: number;
    readonly completed: number;
    readonly failed: number;
    readonly lost: number;
    readonly late: number;
    readonly duplicate: number;
    readonly unknown: number;
  };
  /** Null when no query completed. */
  readonly latency: RecordedExtent | null;
  readonly percentiles: RecordedPercentiles | null;
  /** The percentile that the load is judged by. */
  readonly target: { readonly percentile: number; readonly valueNs: number } | null;
  /** Queries over `targetLatencyNs`, or without a completion; null without a limit. */
  readonly overLatencyCount: number | null;
  /** Per second; those that the scenario has. */
  readonly rates: Readonly<Record<string, number>>;
  readonly earlyStopping: RecordedEarlyStopping;
  readonly tokens?: {
    readonly tokenCount: number;
    readonly tokensPerSecond: number | null;
    readonly ttft?: RecordedExtent & RecordedPercentiles;
    readonly tpot?: RecordedExtent & RecordedPercentiles;
    readonly earlyStopping?: {
      readonly ttft?: RecordedEarlyStopping;
      readonly tpot?: RecordedEarlyStopping;
    };
  };
  readonly validity: {
    readonly valid: boolean;
    /** The rules that are not met. */
    readonly reasons: readonly RecordedRule[];
    /** All rules that apply. */
    readonly rules: readonly RecordedRule[];
  };
  /** What was taken for given because the data did not say it. */
  readonly assumptions: readonly string[];
}
