import { measuresPerformance, validity, type Rule } from '../rules/rule-context.ts';
import { earlyStoppingQueryCount } from '../statistics/early-stopping.ts';
import { longerLoadAdvice } from './next-setting-1.ts';

/** A single stream has enough queries to state its percentile at 99 % confidence. */
export const earlyStoppingMet1: Rule = (context) => {
  const { settings, results } = context;
  if (!measuresPerformance(settings) || settings.scenario !== 'single-stream') return undefined;
  const limit = earlyStoppingQueryCount(settings.percentile);
  const shortfall = { measured: results.latency?.queryCount ?? 0, limit };
  const setCount = settings.minQueryCount < limit ? `Set minQueryCount to at least ${limit}. ` : '';
  return validity({
    rule: 'early-stopping-met',
    met: results.latency?.earlyStopping.met ?? false,
    ...shortfall,
    unit: 'queries',
    advice: `${setCount}${longerLoadAdvice(context, shortfall)}`,
  });
};
