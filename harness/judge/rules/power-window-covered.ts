import { measuredWindows } from '../results/energy-result.ts';
import { measuresPerformance, validity, type Rule } from './rule-context.ts';

/** Every throughput window lies inside the power recording, with no sample missing or torn. */
export const powerWindowCovered: Rule = ({ settings, raw }) => {
  if (!measuresPerformance(settings) || raw.power === undefined) return undefined;
  const limit = raw.windows?.length ?? 0;
  if (limit === 0) return undefined;
  const measured = measuredWindows(raw).length;
  return validity({
    rule: 'power-window-covered',
    met: measured === limit,
    measured,
    limit,
    unit: 'windows',
    advice: `${limit - measured} of ${limit} windows have a missing or torn power sample: check the meter's cable, and that it records from before the first window until after the last.`,
  });
};
