import { measuresPerformance, validity, type Rule } from '../rules/rule-context.ts';
import { shortestWindow } from '../rules/shortest-window.ts';
import { scaledUp } from './next-setting-1.ts';

/** Every throughput window was long enough; measured is the shortest. */
export const windowDuration1: Rule = ({ settings, raw }) => {
  if (!measuresPerformance(settings) || settings.windowCount === 0) return undefined;
  const shortest = shortestWindow(raw.windows ?? []);
  if (shortest === undefined) return undefined;
  const measured = shortest.durationNs / 1e6;
  const limit = settings.minWindowMs;
  const nextCount = scaledUp(shortest.inferenceCount, { measured, limit });
  return validity({
    rule: 'window-duration',
    met: measured >= limit,
    measured,
    limit,
    unit: 'ms',
    advice: `A window of ${shortest.inferenceCount} inferences was too short: use ${nextCount} inferences per window.`,
  });
};
