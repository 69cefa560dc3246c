import { windowDurationNs } from '../raw/windows.ts';
import { scaledUp } from './next-setting.ts';
import { measuresPerformance, validity, type Rule } from './rule-context.ts';

/** Every throughput window was long enough; measured is the shortest. */
export const windowDuration: Rule = ({ settings, raw }) => {
  if (!measuresPerformance(settings) || settings.windowCount === 0) return undefined;
  const [first, ...others] = raw.windows ?? [];
  if (first === undefined) return undefined;
  const shortest = others.reduce(
    (least, window) => (windowDurationNs(window) < windowDurationNs(least) ? window : least),
    first,
  );
  const measured = windowDurationNs(shortest) / 1e6;
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
