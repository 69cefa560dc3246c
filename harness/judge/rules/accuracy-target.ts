import { measuresAccuracy, type Rule } from './rule-context.ts';

/** The limit of the suite: enough right answers. Applies once accuracy was measured. */
export const accuracyTarget: Rule = ({ settings, results }) => {
  const { accuracy } = results;
  if (!measuresAccuracy(settings) || accuracy === undefined) return undefined;
  const { value, correctCount, sampleCount } = accuracy;
  const limit = settings.accuracyAtLeast;
  const met = value >= limit;
  const neededCount = Math.ceil(limit * sampleCount);
  return {
    rule: 'accuracy-target',
    kind: 'limit',
    met,
    measured: value,
    limit,
    unit: 'fraction',
    advice: met
      ? ''
      : `${correctCount} of ${sampleCount} answers are right and ${neededCount} are needed: check the model on the device against the suite's, then its quantisation.`,
  };
};
