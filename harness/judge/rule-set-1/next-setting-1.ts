import { failedQueryCount } from '../raw/query-log.ts';
import type { RuleContext } from '../rules/rule-context.ts';

/** How much more than computed is advised, since the next run will not be exactly as fast. */
const marginTenths = 11;

/** What was reached and what was asked, in one unit. */
interface Shortfall {
  readonly measured: number;
  readonly limit: number;
}

/** The setting scaled so that the limit is reached next time, with a margin, rounded up to whole steps. */
export function scaledUp(setting: number, shortfall: Shortfall, step = 1): number {
  const needed = (setting * shortfall.limit * marginTenths) / (10 * shortfall.measured);
  return Math.ceil(needed / step) * step;
}

/**
 * What to set when the load ended too early. A single stream ends early only by its ceiling of wall time or by a
 * failure; an offline load has exactly as many samples as it was given.
 */
export function longerLoadAdvice(context: RuleContext, shortfall: Shortfall): string {
  const { settings, raw } = context;
  if (raw.queries !== undefined && failedQueryCount(raw.queries) > 0)
    return 'The load ended at a failed query: correct its cause first; see no-failed-queries.';
  if (shortfall.measured <= 0)
    return `No query completed: set maxDurationMs (now ${settings.maxDurationMs}) and queryDeadlineMs (now ${settings.queryDeadlineMs}) well above the time of one query.`;
  const next = scaledUp(settings.maxDurationMs, shortfall, 1000);
  return `The load reached its ceiling of wall time: set maxDurationMs to ${next}.`;
}
