import { failedQueryCount, queryStatus } from '../raw/query-log.ts';
import { measuresPerformance, validity, type Rule } from './rule-context.ts';

/** No query failed and none came after its deadline. */
export const noFailedQueries: Rule = ({ settings, raw }) => {
  if (!measuresPerformance(settings)) return undefined;
  const measured = raw.queries === undefined ? 0 : failedQueryCount(raw.queries);
  const late = raw.queries?.status.some((status) => status === queryStatus.pastDeadline) ?? false;
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
