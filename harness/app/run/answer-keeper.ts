import type { LegAnswer } from '#harness/judge/compliance/leg-answers.ts';
import type { ConcurrentDevice } from '#harness/loadgen/concurrent-device.ts';
import {
  accuracyLogSampler,
  samplesAccuracyLog,
} from '#harness/loadgen/order/accuracy-log-sampler.ts';
import type { LoadPlanSettings } from '#harness/loadgen/plan/load-plan-settings.ts';
import type { QueryAnswer, QueryTarget } from '#harness/loadgen/query-target.ts';

/** Answers that one load may keep. */
const keptCountMax = 200_000;

/** Keeps some of a device's answers. */
export interface AnswerKeeper {
  readonly keepOf: (target: QueryTarget) => QueryTarget;
  readonly keepOfConcurrent: (device: ConcurrentDevice) => ConcurrentDevice;
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

/** A place in the order of issue, filled when its answer comes. */
interface Place {
  readonly sampleIndex: number;
  answer: QueryAnswer | undefined;
}

/**
 * Keeps the answers that the plan samples, in memory until the load is over: nothing is written while it is timed. A
 * load that samples none is not touched.
 */
export function answerKeeper(plan: LoadPlanSettings): AnswerKeeper {
  if (!samplesAccuracyLog(plan)) {
    return {
      keepOf: (target) => target,
      keepOfConcurrent: (device) => device,
      answers: () => [],
    };
  }
  const isKept = accuracyLogSampler(plan);
  const places: Place[] = [];
  const placeFor = (sampleIndex: number): Place | undefined => {
    if (!isKept() || places.length >= keptCountMax) return undefined;
    const place: Place = { sampleIndex, answer: undefined };
    places.push(place);
    return place;
  };
  // The completion is stamped after this: an answer is kept as it is, and copied when the load is over.
  const fill = (place: Place | undefined, answer: QueryAnswer | undefined): void => {
    if (place !== undefined) place.answer = answer;
  };
  return {
    keepOf: ({ stage, issue }) => ({
      stage,
      issue: async (sampleIndex, signal) => {
        const place = placeFor(sampleIndex);
        const answer = await issue(sampleIndex, signal);
        fill(place, answer);
        return answer;
      },
    }),
    keepOfConcurrent: (device) => ({
      ...device,
      infer: async (sampleIndices, signal) => {
        const own = sampleIndices.map(placeFor);
        const answers = await device.infer(sampleIndices, signal);
        for (const [index, place] of own.entries()) fill(place, answers[index]);
        return answers;
      },
    }),
    answers: () =>
      places.flatMap(({ sampleIndex, answer }) =>
        answer === undefined ? [] : [legAnswer(sampleIndex, answer)],
      ),
  };
}
