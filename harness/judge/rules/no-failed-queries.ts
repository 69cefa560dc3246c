import type { LoadResult } from '#harness/contracts/records/load-results.ts';

import type { QueryLog } from '../raw/query-blocks.ts';
import { rowStatus } from '../raw/query-row.ts';
import { isOverloaded } from './overload.ts';
import {
  measuresOneLoad,
  ruled,
  type NextSetting,
  type Rule,
  type RuleContext,
} from './rule-context.ts';

const margin = 1.1;
const stepMs = 10;

function counted(count: number, one: string, many: string): string[] {
  if (count === 0) return [];
  return [`${count} ${count === 1 ? one : many}`];
}

/** Longest latency of a late completion; it counts from the schedule, so from the issue it is not more. */
function lateLatencyNsMax(log: QueryLog): number {
  let longestNs = 0;
  log.scan(({ rowCount, status, latencyNs }) => {
    for (let row = 0; row < rowCount; row += 1) {
      if (status[row] !== rowStatus.late) continue;
      const latency = latencyNs[row] ?? 0;
      if (latency > longestNs) longestNs = latency;
    }
  });
  return longestNs;
}

/** A longer deadline helps where it is all that was missed: every lost query completed after it. */
function longerDeadline(context: RuleContext, load: LoadResult): NextSetting | undefined {
  const { failedCount, lostCount, lateCount, duplicateCount, unknownCount } = load;
  const { queries } = context.raw;
  const isOnlyLate = failedCount + duplicateCount + unknownCount === 0 && lateCount === lostCount;
  if (queries === undefined || lostCount === 0 || !isOnlyLate) return undefined;
  const neededMs = Math.max(context.settings.queryDeadlineMs, lateLatencyNsMax(queries) / 1e6);
  return { setting: 'queryDeadlineMs', value: Math.ceil((neededMs * margin) / stepMs) * stepMs };
}

function adviceOf(context: RuleContext, load: LoadResult, next: NextSetting | undefined): string {
  const { failedCount, lostCount, lateCount, duplicateCount, unknownCount } = load;
  const { queryDeadlineMs } = context.settings;
  const within = `had no completion within ${queryDeadlineMs} ms (${lateCount} of them completed later)`;
  const found = [
    ...counted(failedCount, 'query was refused', 'queries were refused'),
    ...counted(lostCount, `query ${within}`, `queries ${within}`),
    ...counted(duplicateCount, 'completion came twice', 'completions came twice'),
    ...counted(
      unknownCount,
      'completion was of no query that was issued',
      'completions were of no query that was issued',
    ),
  ];
  const remedy =
    next === undefined
      ? 'the run log names them; correct the device or its driver, or power-cycle it'
      : `the device is only slow: set queryDeadlineMs to ${next.value}`;
  return `${found.join(', ')}: ${remedy}.`;
}

/** Every query that was issued completed once, in time, and nothing else came. */
export const noFailedQueries: Rule = (context) => {
  const { settings, results } = context;
  const { load } = results;
  if (!measuresOneLoad(settings) || load === undefined) return undefined;
  // What an overloaded load left unanswered is what `not-overloaded` is about.
  const lostCount = isOverloaded(context) ? 0 : load.lostCount;
  const measured = load.failedCount + lostCount + load.duplicateCount + load.unknownCount;
  if (measured === 0)
    return ruled({
      rule: 'no-failed-queries',
      met: true,
      measured,
      limit: 0,
      unit: 'queries',
      advice: '',
    });
  const next = longerDeadline(context, load);
  return ruled({
    rule: 'no-failed-queries',
    met: false,
    measured,
    limit: 0,
    unit: 'queries',
    advice: adviceOf(context, load, next),
    next,
  });
};
