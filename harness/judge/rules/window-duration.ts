import { measuresPerformance, ruled, type Rule } from './rule-context.ts';
import { shortestWindow } from './shortest-window.ts';

/** Every throughput window was long enough; measured is the shortest. */
export const windowDuration: Rule = ({ settings, raw }) => {
  if (!measuresPerformance(settings) || settings.windowCount === 0) return undefined;
  const shortest = shortestWindow(raw.windows ?? []);
  if (shortest === undefined) return undefined;
  const measured = shortest.durationNs / 1e6;
  const value = Math.floor(measured);
  return ruled({
    rule: 'window-duration',
    met: measured >= settings.minWindowMs,
    measured,
    limit: settings.minWindowMs,
    unit: 'ms',
    advice: `A window of ${shortest.inferenceCount} inferences took less: set minWindowMs to ${value}, or find out why the device got faster.`,
    ...(value > 0 ? { next: { setting: 'minWindowMs', value } } : {}),
  });
};
