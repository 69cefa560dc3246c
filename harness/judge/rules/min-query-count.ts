import { longerLoad, longerLoadWords } from './load-needs.ts';
import { isOverloaded } from './overload.ts';
import { measuresOneLoad, ruled, type Rule } from './rule-context.ts';

/** Enough queries were issued; offline: samples. */
export const minQueryCount: Rule = (context) => {
  const { settings, results } = context;
  if (!measuresOneLoad(settings) || isOverloaded(context)) return undefined;
  const measured = results.load?.queryCount ?? 0;
  const limit = settings.minQueryCount;
  const next = longerLoad(context);
  return ruled({
    rule: 'min-query-count',
    met: measured >= limit,
    measured,
    limit,
    unit: 'queries',
    advice: longerLoadWords(context, next),
    next,
  });
};
