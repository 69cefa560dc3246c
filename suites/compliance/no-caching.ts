import { defineAudit } from '#harness/contracts/define-audit.ts';

import { pairedLegs } from './leg-length.ts';
import { noAuditChecks, searchRefusal } from './no-audit-checks.ts';
import { speedLimits, speedRuleText } from './speed-limits.ts';

/** The reference's sample, where there are so many. */
const preferredIndex = 3;

/** Whether the device computes the same sample anew each time. */
export const noCaching = defineAudit({
  id: 'no-caching',
  version: '1.0.0',
  title: 'No caching of results',
  question: 'Is the device faster when the same sample comes again and again?',
  method:
    'Base legs that draw from the whole data set and legs of one sample only take turns on the same board.',
  refusal: searchRefusal,
  settings: (base, options) => {
    const limits = speedLimits(
      base,
      { ratioAtLeast: 0.9, ratioAtMost: null },
      { ratioAtLeast: 0.8, ratioAtMost: null },
    );
    const baseSampleCount = Math.max(base.performanceSampleCount, base.accuracySampleCount);
    return {
      ...noAuditChecks,
      audit: 'no-caching',
      version: '1.0.0',
      ...pairedLegs(base, options),
      ...limits,
      selection: 'same',
      sameIndex: Math.min(preferredIndex, base.performanceSampleCount - 1),
      // A cache then has to hold the whole data set before base legs profit from it too.
      baseSampleCount,
      rule: `Passed when ${speedRuleText(base, limits)}; failed when the interval lies wholly outside, so that one sample is answered faster than many; otherwise inconclusive.`,
    };
  },
});
