import { queryStatus } from '#harness/judge/raw/query-log.ts';

import type { QueryRow } from '../recorder/latency-recorder.ts';
import type { QueryOutcome } from '../one-by-one.ts';

const statusOf = {
  completed: queryStatus.completed,
  failed: queryStatus.failed,
  'past-deadline': queryStatus.pastDeadline,
} as const;

/**
 * The row of a query that ended.
 *
 * @param countedFromNs - run-clock instant from which its latency counts
 */
export function queryRow(outcome: QueryOutcome, countedFromNs: number): QueryRow {
  return {
    issuedAtNs: outcome.issuedAtNs,
    latencyNs: outcome.completedAtNs - countedFromNs,
    deviceDurationNs: outcome.answer?.deviceDurationNs ?? Number.NaN,
    sampleIndex: outcome.sampleIndex,
    status: statusOf[outcome.ended],
  };
}
