import type { Clock } from '#harness/kernel/clock.ts';

import type { LoadEnd, LoadProgress } from '../load-end.ts';
import type { CompletionSink, LoadTarget } from '../load-target.ts';
import type { QuerySource } from '../query-source.ts';
import type { RowWriter } from '../row-writer.ts';

/** The scenarios that a load core knows; `find-peak` is a sequence of server loads. */
export type LoadScenario = 'single-stream' | 'multi-stream' | 'server' | 'offline';

/** When a load is enough, and when it is too much. */
export interface LoadLimits {
  readonly minDurationMs: number;
  readonly minQueryCount: number;
  /** Ceiling of wall time; no query is issued after it. */
  readonly maxDurationMs: number;
  /** From its issue a query has this long for its completion. */
  readonly queryDeadlineMs: number;
  /** In 0 < p < 1; of early stopping. */
  readonly percentile: number;
  /** Server: a latency over it counts as over the limit, from the scheduled instant. */
  readonly targetLatencyNs?: number;
  /** Queries issued and not yet ended: server and offline. At more, server ends as `overloaded`, offline waits. */
  readonly outstandingCountMax: number;
  /** The count of queries is a multiple of this: passes over the sample set are complete (equal issue). Default 1. */
  readonly countMultiple?: number;
}

/** What has been counted so far, live. */
export interface LoadTally {
  issuedCount: number;
  completedCount: number;
  failedCount: number;
  lostCount: number;
  lateCount: number;
  duplicateCount: number;
  unknownCount: number;
  /** Over `targetLatencyNs`, failed or lost. */
  overLimitCount: number;
  /** Sum of the latencies of completed queries. */
  timedNs: number;
  /** Run-clock instant of the last scheduled query. */
  lastScheduledAtNs: number;
}

/** What a load is made of. */
export interface LoadCoreOptions {
  readonly scenario: LoadScenario;
  readonly source: QuerySource;
  readonly target: LoadTarget;
  readonly rows: RowWriter;
  readonly clock: Clock;
  readonly limits: LoadLimits;
  /** Asked after each ended query (server): true ends the load as `decided`. */
  readonly isDecided?: (tally: Readonly<LoadTally>) => boolean;
  /** Called when something happened outside of `poll` that `poll` should look at: a completion, a staged query. */
  readonly onWake?: () => void;
  /** The error of a failed query, the number of a lost one: for the run log. */
  readonly onTrouble?: (trouble: {
    readonly queryId: number;
    readonly kind: string;
    readonly error?: unknown;
  }) => void;
}

/** A load as a state machine: it never waits; a pump calls it. */
export interface LoadCore {
  readonly sink: CompletionSink;
  /** Run-clock instant at which `poll` has something to do by time alone; Infinity when only a wake can move it. */
  readonly dueAtNs: () => number;
  /**
   * Issues what is due, gives up what is past its deadline.
   *
   * @returns how the load ended, once it has
   */
  readonly poll: (nowNs: number) => LoadEnd | undefined;
  /** Ends the load now; what is outstanding has no row. */
  readonly abort: () => LoadEnd;
  readonly tally: () => Readonly<LoadTally>;
  readonly progress: () => LoadProgress;
}
