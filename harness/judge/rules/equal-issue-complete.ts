import { equalIssueMultiple, longerLoad, longerLoadWords } from './load-needs.ts';
import { isOverloaded } from './overload.ts';
import { measuresOneLoad, ruled, type Rule } from './rule-context.ts';

/** In equal issue every pass over the sample set is complete, so that each sample was issued equally often. */
export const equalIssueComplete: Rule = (context) => {
  const { settings, results } = context;
  if (!measuresOneLoad(settings) || settings.selection !== 'equal-issue') return undefined;
  if (isOverloaded(context)) return undefined;
  const measured = results.load?.queryCount ?? 0;
  const multiple = equalIssueMultiple(settings);
  const limit = Math.max(1, Math.ceil(measured / multiple)) * multiple;
  const next = longerLoad(context);
  return ruled({
    rule: 'equal-issue-complete',
    met: measured === limit,
    measured,
    limit,
    unit: 'queries',
    advice: `The last pass over ${multiple} queries is not complete. ${longerLoadWords(context, next)}`,
    next,
  });
};
