import { isOverloaded } from './overload.ts';
import { measuresOneLoad, ruled, type Rule } from './rule-context.ts';
import { lowerRate } from './server-rate.ts';

/**
 * A limit: no more queries wait for an answer than may be, so that the server load ends by itself. A load that it ends
 * has failed; the rules about its length say nothing then.
 */
export const notOverloaded: Rule = (context) => {
  const { settings, results } = context;
  const { scenario, outstandingCountMax } = settings;
  if (!measuresOneLoad(settings) || scenario !== 'server' || outstandingCountMax === undefined)
    return undefined;
  const measured = results.load?.outstandingAtEndCount ?? 0;
  const next = lowerRate(context);
  const words =
    next === undefined
      ? 'no rate helps'
      : `set targetQps to ${next.value}, or search with find-peak`;
  return ruled({
    rule: 'not-overloaded',
    kind: 'limit',
    met: !isOverloaded(context),
    measured,
    limit: outstandingCountMax - 1,
    unit: 'queries',
    advice: `${measured} queries waited for an answer and the load was ended: ${words}.`,
    next,
  });
};
