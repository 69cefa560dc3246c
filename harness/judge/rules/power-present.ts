import { powerSampleCount } from '../energy/align-power.ts';
import { measuresPerformance, validity, type Rule } from './rule-context.ts';

/** Where power is asked for, there are samples. */
export const powerPresent: Rule = ({ settings, raw }) => {
  if (!measuresPerformance(settings) || !settings.powerRequired) return undefined;
  const measured = raw.power === undefined ? 0 : powerSampleCount(raw.power);
  return validity({
    rule: 'power-present',
    met: measured >= 1,
    measured,
    limit: 1,
    unit: 'samples',
    advice:
      'No power sample was recorded: check that powerMeterId of the board names the meter wired to it, and run `assay doctor`.',
  });
};
