import { isAnyOver } from './limit-proofs.ts';
import { equalIssueMultiple } from './load-needs.ts';
import type { RuleContext } from './rule-context.ts';

/** Whether a server load reached its end: then it was not ended by what was waiting. */
function reachedItsEnd(context: RuleContext): boolean {
  const { settings, results } = context;
  const { lastScheduledAtNs = 0, queryCount = 0 } = results.load ?? {};
  const isSettled = (results.latency?.earlyStopping.met ?? false) || isAnyOver(context);
  return (
    isSettled &&
    lastScheduledAtNs >= settings.minDurationMs * 1e6 &&
    queryCount >= settings.minQueryCount &&
    queryCount % equalIssueMultiple(settings) === 0
  );
}

/**
 * Whether a server load was ended by its device: more queries were waiting for an answer than may be. Then its length
 * is no fault of the load, and its lost queries are those that waited.
 */
export function isOverloaded(context: RuleContext): boolean {
  const { settings, results } = context;
  const { outstandingCountMax = Number.POSITIVE_INFINITY } = settings;
  const outstandingCount = results.load?.outstandingAtEndCount ?? 0;
  return (
    settings.scenario === 'server' &&
    outstandingCount >= outstandingCountMax &&
    !reachedItsEnd(context)
  );
}
