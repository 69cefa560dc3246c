import type { ErrorRecord } from '#harness/contracts/error-record.ts';
import type { OrderKind } from '#harness/contracts/records/load-settings.ts';
import type { LoadScenario, LoadTally } from '#harness/loadgen/core/load-core-options.ts';
import type { LoadEnd } from '#harness/loadgen/load-end.ts';
import type { PacingStatistics } from '#harness/loadgen/pacing/pump-precisely.ts';

/**
 * How the thread waits for the next query: asleep, then spinning; asleep only; or on timers of the event loop, as a
 * plain scheduler would.
 */
export type Waiting = 'precise' | 'sleep-only' | 'timers';

/** One load on a device that answers inside of the issue; plain data. */
export interface NullLoad {
  readonly scenario: LoadScenario;
  readonly order: OrderKind;
  readonly qps: number;
  readonly seconds: number;
  readonly minQueryCount: number;
  readonly targetLatencyNs: number;
  readonly percentile: number;
  /** Queries that may be due and not answered. */
  readonly outstandingCountMax: number;
  readonly waiting: Waiting;
  /** Ends as soon as the first query was issued. */
  readonly isFirstOnly: boolean;
}

/** Quantiles of a set of durations, in nanoseconds; zeros when there are none. */
export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** What one load took. */
export interface NullLoadOutcome {
  readonly endedBy: LoadEnd['endedBy'];
  readonly tally: LoadTally;
  readonly samplesPerQuery: number;
  /** From the load's start to its end. */
  readonly elapsedNs: number;
  /** From before its order was made to the first query at the device. */
  readonly firstIssueNs: number;
  /** Share of one core that the thread used. */
  readonly cpuShare: number;
  /** Of the thread's JavaScript heap, after garbage was collected. */
  readonly heapGrowthBytes: number;
  /** Server: from the scheduled instant to the issue, and to the completion. */
  readonly issueErrorNs: Quantiles;
  readonly latencyNs: Quantiles;
  /** Of the precise way to wait; null for others. */
  readonly pacing: PacingStatistics | null;
}

/** What the thread says. */
export type NullLoadReply =
  | { readonly type: 'ended'; readonly outcome: NullLoadOutcome }
  | { readonly type: 'failed'; readonly error: ErrorRecord };
