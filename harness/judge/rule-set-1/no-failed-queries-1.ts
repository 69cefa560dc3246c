import type { QueryLog } from '../raw/query-blocks.ts';
import { failedQueryCount } from '../raw/query-log.ts';
import { rowStatus } from '../raw/query-row.ts';
import { measuresPerformance, validity, type Rule } from '../rules/rule-context.ts';

function hasLost(log: QueryLog): boolean {
  let isFound = false;
  log.scan((block) => {
    isFound ||= block.status.subarray(0, block.rowCount).includes(rowStatus.lost);
  });
  return isFound;
}

/** No query failed and none came after its deadline. */
export const noFailedQueries1: Rule = ({ settings, raw }) => {
  if (!measuresPerformance(settings)) return undefined;
  const measured = raw.queries === undefined ? 0 : failedQueryCount(raw.queries);
  const late = raw.queries !== undefined && hasLost(raw.queries);
  return validity({
    rule: 'no-failed-queries',
    met: measured === 0,
    measured,
    limit: 0,
    unit: 'queries',
    advice: late
      ? `A query had no answer within ${settings.queryDeadlineMs} ms: if the device is only slow, set queryDeadlineMs to ${settings.queryDeadlineMs * 2}; else power-cycle it.`
      : 'The device failed a query: the run log holds its error; correct that and run again.',
  });
};
