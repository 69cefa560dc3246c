import { queryStatus, type QueryLog } from '../raw/query-log.ts';
import { sumOf } from '../statistics/compensated-sum.ts';
import { longerLoadAdvice, scaledUp } from './next-setting.ts';
import { measuresPerformance, validity, type Rule } from './rule-context.ts';

/** The sum of the completed latencies in milliseconds. */
function timedMs(queries: QueryLog): number {
  const completed = queries.latencyNs.filter(
    (_latencyNs, row) => queries.status[row] === queryStatus.completed,
  );
  return sumOf(completed) / 1e6;
}

/** The load was long enough. Single-stream: the sum of the latencies. Offline: the largest latency. */
export const minDuration: Rule = (context) => {
  const { settings, results, raw } = context;
  if (!measuresPerformance(settings)) return undefined;
  const offline = settings.scenario === 'offline';
  const singleStreamMs = raw.queries === undefined ? 0 : timedMs(raw.queries);
  const measured = offline ? (results.latency?.maxNs ?? 0) / 1e6 : singleStreamMs;
  const shortfall = { measured, limit: settings.minDurationMs };
  const sampleCount = results.latency?.queryCount ?? 0;
  const advice =
    offline && measured > 0
      ? `Set minQueryCount to ${scaledUp(sampleCount, shortfall)}.`
      : longerLoadAdvice(context, shortfall);
  const met = measured >= shortfall.limit;
  return validity({ rule: 'min-duration', met, ...shortfall, unit: 'ms', advice });
};
