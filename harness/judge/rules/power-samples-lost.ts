import { lostPowerSampleCount } from '../energy/align-power.ts';
import { measuresPerformance, validity, type Rule } from './rule-context.ts';

/** No power sample is missing. */
export const powerSamplesLost: Rule = ({ settings, raw }) => {
  if (!measuresPerformance(settings) || raw.power === undefined) return undefined;
  const measured = lostPowerSampleCount(raw.power);
  const sampleRateHz = raw.power.blocks[0]?.sampleRateHz ?? 0;
  return validity({
    rule: 'power-samples-lost',
    met: measured === 0,
    measured,
    limit: 0,
    unit: 'samples',
    advice: `Set the sample rate of the power meter to at most ${sampleRateHz / 2} Hz (now ${sampleRateHz} Hz), or unload the host.`,
  });
};
