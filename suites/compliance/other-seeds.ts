import { defineAudit } from '#harness/contracts/define-audit.ts';
import type { Seeds } from '#harness/contracts/records/load-settings.ts';

import { pairedLegs } from './leg-length.ts';
import { noAuditChecks, searchRefusal } from './no-audit-checks.ts';
import { speedLimits, speedRuleText } from './speed-limits.ts';

const first = '7975553102935885558';
const second = '11403566307062068064';
const third = '15816800565822761601';

/** The three other seeds of the reference, each in each part once. */
const otherSeedSets: readonly Seeds[] = [
  { qsl: first, sampleIndex: second, schedule: third },
  { qsl: second, sampleIndex: third, schedule: first },
  { qsl: third, sampleIndex: first, schedule: second },
];

/** Whether the device is tuned to the seeds. */
export const otherSeeds = defineAudit({
  id: 'other-seeds',
  version: '1.0.0',
  title: 'Other seeds',
  question: 'Is the device slower with other seeds of sample order and schedule?',
  method:
    'Base legs with the seeds of the run and legs with three other sets of seeds in turn alternate on the same board.',
  refusal: searchRefusal,
  settings: (base, options) => {
    const limits = speedLimits(
      base,
      { ratioAtLeast: null, ratioAtMost: 1.05 },
      { ratioAtLeast: null, ratioAtMost: 1.2 },
    );
    return {
      ...noAuditChecks,
      audit: 'other-seeds',
      version: '1.0.0',
      ...pairedLegs(base, options),
      ...limits,
      seeds: [...otherSeedSets],
      rule: `Passed when ${speedRuleText(base, limits)}; failed when the interval lies wholly outside, so that other seeds are slower; otherwise inconclusive.`,
    };
  },
});
