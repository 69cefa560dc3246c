import type { LegAnswer } from '#harness/judge/compliance/leg-answers.ts';
import {
  accuracyLogSampler,
  samplesAccuracyLog,
} from '#harness/loadgen/order/accuracy-log-sampler.ts';
import type { LoadPlanSettings } from '#harness/loadgen/plan/load-plan-settings.ts';
import type { QueryAnswer, QueryTarget } from '#harness/loadgen/query-target.ts';

/** Answers that one load may keep. */
const keptCountMax = 200_000;

/** A device of which some answers are kept. */
export interface AnswerKeeper {
  readonly target: QueryTarget;
  /** Those kept so far, in the order of issue. */
  readonly answers: () => readonly LegAnswer[];
}

function legAnswer(sampleIndex: number, { output, tokens }: QueryAnswer): LegAnswer {
  if (tokens === undefined) return { sampleIndex, output: Float32Array.from(output) };
  const { ids, firstId, reportedCount } = tokens;
  return {
    sampleIndex,
    tokenIds: [...ids],
    ...(firstId === undefined ? {} : { firstTokenId: firstId }),
    ...(reportedCount === undefined ? {} : { tokenCount: reportedCount }),
  };
}

/**
 * Keeps the answers that the plan samples, in memory until the load is over: nothing is written while it is timed. A
 * load that samples none is not touched.
 */
export function answerKeeper(target: QueryTarget, plan: LoadPlanSettings): AnswerKeeper {
  if (!samplesAccuracyLog(plan)) return { target, answers: () => [] };
  const isKept = accuracyLogSampler(plan);
  const kept: { readonly sampleIndex: number; readonly answer: QueryAnswer }[] = [];
  return {
    target: {
      stage: target.stage,
      issue: async (sampleIndex, signal) => {
        const wanted = isKept() && kept.length < keptCountMax;
        const answer = await target.issue(sampleIndex, signal);
        // The completion is stamped after this: the answer is kept as it is, and copied when the load is over.
        if (wanted) kept.push({ sampleIndex, answer });
        return answer;
      },
    },
    answers: () => kept.map(({ sampleIndex, answer }) => legAnswer(sampleIndex, answer)),
  };
}
