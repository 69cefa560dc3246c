import { measuresPerformance, validity, type Rule } from '../rules/rule-context.ts';
import { longerLoadAdvice } from './next-setting-1.ts';

/** Enough queries completed. */
export const minQueryCount1: Rule = (context) => {
  const { settings, results } = context;
  if (!measuresPerformance(settings)) return undefined;
  const shortfall = {
    measured: results.latency?.queryCount ?? 0,
    limit: settings.minQueryCount,
  };
  return validity({
    rule: 'min-query-count',
    met: shortfall.measured >= shortfall.limit,
    ...shortfall,
    unit: 'queries',
    advice: longerLoadAdvice(context, shortfall),
  });
};
