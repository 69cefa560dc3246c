import { measuresAccuracy, validity, type Rule } from './rule-context.ts';

/** Every sample of the accuracy set was answered. */
export const accuracySampleCount: Rule = ({ settings, results }) => {
  if (!measuresAccuracy(settings)) return undefined;
  const measured = results.accuracy?.sampleCount ?? 0;
  const limit = settings.accuracySampleCount;
  return validity({
    rule: 'accuracy-sample-count',
    met: measured === limit,
    measured,
    limit,
    unit: 'samples',
    advice: `${measured} samples were answered and ${limit} are asked for: run again, or set accuracySampleCount to ${measured}.`,
  });
};
