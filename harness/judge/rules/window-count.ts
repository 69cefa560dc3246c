import { measuresPerformance, validity, type Rule } from './rule-context.ts';

/** As many throughput windows were measured as asked for. */
export const windowCount: Rule = ({ settings, raw }) => {
  if (!measuresPerformance(settings) || settings.windowCount === 0) return undefined;
  const measured = raw.windows?.length ?? 0;
  const limit = settings.windowCount;
  return validity({
    rule: 'window-count',
    met: measured >= limit,
    measured,
    limit,
    unit: 'windows',
    advice: `Only ${measured} of ${limit} windows were measured: the run log says why; correct that and run again, or set windowCount to ${measured}.`,
  });
};
