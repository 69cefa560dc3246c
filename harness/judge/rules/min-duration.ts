import { longerLoad, longerLoadWords, measuredDurationMs } from './load-needs.ts';
import { isOverloaded } from './overload.ts';
import { measuresOneLoad, ruled, type Rule } from './rule-context.ts';

/**
 * The load was long enough. Streams: the sum of the latencies. Server: the last scheduled instant. Offline: the
 * largest latency.
 */
export const minDuration: Rule = (context) => {
  const { settings } = context;
  if (!measuresOneLoad(settings) || isOverloaded(context)) return undefined;
  const measured = measuredDurationMs(context);
  const limit = settings.minDurationMs;
  const next = longerLoad(context);
  return ruled({
    rule: 'min-duration',
    met: measured >= limit,
    measured,
    limit,
    unit: 'ms',
    advice: longerLoadWords(context, next),
    next,
  });
};
