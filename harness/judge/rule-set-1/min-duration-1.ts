import { completedLatenciesNs } from '../raw/query-log.ts';
import { measuresPerformance, validity, type Rule } from '../rules/rule-context.ts';
import { sumOf } from '../statistics/compensated-sum.ts';
import { longerLoadAdvice, scaledUp } from './next-setting-1.ts';

/** The load was long enough. Single-stream: the sum of the latencies. Offline: the largest latency. */
export const minDuration1: Rule = (context) => {
  const { settings, results, raw } = context;
  if (!measuresPerformance(settings)) return undefined;
  const offline = settings.scenario === 'offline';
  const singleStreamMs =
    raw.queries === undefined ? 0 : sumOf(completedLatenciesNs(raw.queries)) / 1e6;
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
