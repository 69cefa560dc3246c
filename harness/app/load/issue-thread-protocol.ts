import type { MessagePort } from 'node:worker_threads';

import type { ErrorRecord } from '#harness/contracts/error-record.ts';
import type { LogLine } from '#harness/contracts/log-writer.ts';
import type { ProbeDecision } from '#harness/judge/peak/probe-decision.ts';
import type { ProbeQuestion } from '#harness/judge/peak/probe-findings.ts';
import type { LoadLimits, LoadTally } from '#harness/loadgen/core/load-core-options.ts';
import type { LoadEnd, LoadProgress } from '#harness/loadgen/load-end.ts';
import type { PacingStatistics } from '#harness/loadgen/pacing/pump-precisely.ts';
import type { LoadPlanSettings } from '#harness/loadgen/plan/load-plan-settings.ts';
import type { RowRingStatistics } from '#harness/loadgen/row-ring-writer.ts';
import type { RowRing } from '#harness/loadgen/row-ring.ts';

import type { LoadBridge } from './load-bridge.ts';

/** One load for the issuing thread; plain data and shared memory. */
export interface IssueLoad {
  readonly plan: LoadPlanSettings;
  readonly limits: LoadLimits;
  /** Fresh for every load; the thread of the device serves its other end. */
  readonly bridge: LoadBridge;
  /** Another thread writes these to the disk; closing it is the caller's, after the load. */
  readonly rows: RowRing;
  /**
   * The schedule begins when the device's thread serves the bridge, or after so long; default 0. What that thread needs
   * to get there is no latency of the device.
   */
  readonly awaitDeviceMs?: number;
  /** A probe of the search for the peak: the load ends as soon as it is answered. */
  readonly probe?: ProbeQuestion;
}

/** How a load went. */
export interface IssueOutcome {
  readonly endedBy: LoadEnd['endedBy'];
  readonly doneCount: number;
  /** Of the query that ended the load; null for other ends. */
  readonly error: ErrorRecord | null;
  readonly tally: LoadTally;
  /** Rows that were added, and whether the disk held the load up. */
  readonly rows: RowRingStatistics;
  readonly pacing: PacingStatistics;
  /** Share of one core that the thread used. */
  readonly cpuShare: number;
  /** Run-clock instants around the load. */
  readonly startedAtNs: number;
  readonly endedAtNs: number;
  /** What the probe's watch decided; null for a load that is no probe. */
  readonly decision: ProbeDecision | null;
}

/** Sent to the thread; everything about this load comes back through its port. */
export interface IssueRequest {
  readonly load: IssueLoad;
  readonly port: MessagePort;
}

/** What comes through the port; `ended` or `failed` is the last. */
export type IssueReply =
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'ended'; readonly outcome: IssueOutcome }
  | { readonly type: 'failed'; readonly error: ErrorRecord };

/** What the thread is started with. */
export interface IssueThreadStart {
  /** `process.hrtime.bigint()` at instant 0 of the run clock, as a decimal. */
  readonly originNs: string;
}
