import { accuracySampleCount } from '../rules/accuracy-sample-count.ts';
import { accuracyTarget } from '../rules/accuracy-target.ts';
import { powerPresent } from '../rules/power-present.ts';
import { powerSamplesLost } from '../rules/power-samples-lost.ts';
import { powerWindowCovered } from '../rules/power-window-covered.ts';
import type { Rule } from '../rules/rule-context.ts';
import { wallClockStep } from '../rules/wall-clock-step.ts';
import { windowCount } from '../rules/window-count.ts';
import { earlyStoppingMet1 } from './early-stopping-met-1.ts';
import { minDuration1 } from './min-duration-1.ts';
import { minQueryCount1 } from './min-query-count-1.ts';
import { noFailedQueries1 } from './no-failed-queries-1.ts';
import { windowDuration1 } from './window-duration-1.ts';

/** The rules of `assay-rules-1`, in their order; they stay as they are, so that old records can be verified. */
export const rules1: readonly Rule[] = [
  minDuration1,
  minQueryCount1,
  noFailedQueries1,
  earlyStoppingMet1,
  windowCount,
  windowDuration1,
  accuracySampleCount,
  wallClockStep,
  powerPresent,
  powerSamplesLost,
  powerWindowCovered,
  accuracyTarget,
];
