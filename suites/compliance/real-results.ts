import { defineAudit } from '#harness/contracts/define-audit.ts';
import type { Seeds } from '#harness/contracts/records/load-settings.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { pairedLegs } from './leg-length.ts';
import { noAuditChecks, searchRefusal } from './no-audit-checks.ts';
import { speedLimits, speedRuleText } from './speed-limits.ts';

/** The reference's seed of which answers are kept; every leg counts on from it, so that each keeps others. */
const firstAccuracyLogSeed = 720_381_539_243_781_796n;
/** Answers that each audit leg keeps, about: 2048 in all with 8 pairs. */
const sampledAnswerCount = 256;
/** The same model on the same device: only the order of sums may differ. */
const valueTolerance = 1e-5;

function keepingSeeds(base: RunSettings, legCount: number): Seeds[] {
  const own = String(base.seed);
  const seeds = base.seeds ?? { qsl: own, sampleIndex: own, schedule: own };
  return Array.from({ length: legCount }, (_, turn) => ({
    ...seeds,
    accuracyLog: String(firstAccuracyLogSeed + BigInt(turn)),
  }));
}

/** Whether the device does the same work under load as in the accuracy run. */
export const realResults = defineAudit({
  id: 'real-results',
  version: '1.0.0',
  title: 'Real results under load',
  question: 'Does the device give the same answers under load as in the accuracy run?',
  method:
    'After an accuracy run, base legs and legs that keep about 256 answers each take turns on the same board; every value of each kept answer is compared with the accuracy run.',
  refusal: searchRefusal,
  settings: (base, options) => {
    const legs = pairedLegs(base, options);
    const limits = speedLimits(
      base,
      { ratioAtLeast: 0.9, ratioAtMost: 1.1 },
      { ratioAtLeast: 0.8, ratioAtMost: 1.2 },
    );
    return {
      ...noAuditChecks,
      audit: 'real-results',
      version: '1.0.0',
      ...legs,
      ...limits,
      sampledAnswerCount,
      valueTolerance,
      seeds: keepingSeeds(base, legs.pairCount),
      rule: `Passed when every value of every kept answer is within ${valueTolerance} of the accuracy run's and ${speedRuleText(base, limits)}; failed when one answer differs or the interval lies wholly outside; otherwise inconclusive.`,
    };
  },
});
