import {
  earlyStoppingQueryCount,
  underLatencyCountNeeded,
} from '#harness/judge/statistics/early-stopping.ts';

import { finding, type Finding } from './finding.ts';
import type { LogView } from './log-view.ts';
import { usesTokens } from './needed-keys.ts';
import { valueWords } from './value-words.ts';

const isWholeCount = (value: number | undefined): value is number =>
  value !== undefined && Number.isInteger(value) && value >= 0 && value <= 1e8;

function percentileOf({ content, scenario, folder }: LogView): number {
  const byScenario = scenario === 'SingleStream' ? 0.9 : 0.99;
  const streams = scenario === 'Server' ? undefined : folder.official?.streamPercentile;
  const stated = content.number('effective_target_latency_percentile');
  const usable = stated !== undefined && stated > 0 && stated < 1;
  return streams ?? (usable ? stated : byScenario);
}

interface Outcome {
  readonly met: boolean;
  readonly why: string;
}

function streamOutcome(queryCount: number, percentile: number): Outcome {
  const needed = earlyStoppingQueryCount(percentile);
  return { met: queryCount >= needed, why: `${queryCount} queries, ${needed} needed` };
}

function serverOutcome(queryCount: number, overCount: number, percentile: number): Outcome {
  const needed = underLatencyCountNeeded(percentile, overCount) + overCount;
  const why = `${queryCount} queries, ${overCount} over the limit, ${needed} needed`;
  return { met: queryCount >= needed, why };
}

/** What early stopping says of the counts in the log; undefined when they do not suffice. */
function recomputed(view: LogView): Outcome | undefined {
  const { content, scenario } = view;
  const queryCount = content.number('result_query_count');
  const percentile = percentileOf(view);
  if (!isWholeCount(queryCount)) return undefined;
  if (scenario === 'SingleStream' || scenario === 'MultiStream')
    return streamOutcome(queryCount, percentile);
  const overCount = content.number('result_overlatency_query_count');
  if (scenario !== 'Server' || usesTokens(view) || !isWholeCount(overCount)) return undefined;
  if (overCount > queryCount)
    return { met: false, why: `${overCount} of ${queryCount} queries over the limit` };
  return serverOutcome(queryCount, overCount, percentile);
}

/** The estimate is no smaller than the percentile that it bounds, and no larger than the largest latency. */
function estimateFindings(view: LogView): Finding[] {
  const { content, scenario, file } = view;
  const single = scenario === 'SingleStream';
  const key = single ? 'early_stopping_latency_ss' : 'early_stopping_latency_ms';
  const line = content.find(key);
  const estimate = content.number(key);
  if (scenario === 'Server' || line === undefined || estimate === undefined) return [];
  const name = (percentileOf(view) * 100).toFixed(2);
  const suffix = single ? 'latency_ns' : 'per_query_latency_ns';
  const low = content.number(`result_${name}_percentile_${suffix}`);
  const high = content.number(`result_max_${single ? '' : 'query_'}latency_ns`);
  const tooLow = low !== undefined && estimate < low;
  const tooHigh = high !== undefined && estimate > high;
  if (!tooLow && !tooHigh) return [];
  const message = tooLow
    ? `${key} (${estimate}) is smaller than the percentile it bounds (${low}).`
    : `${key} (${estimate}) is larger than the largest latency (${high}).`;
  return [
    finding('error', { file, line: line.line }, { check: 'early-stopping-estimate', message }),
  ];
}

/** Early stopping, worked out again from the counts in the log, says the same; and it is met. */
export function checkEarlyStopping(view: LogView): Finding[] {
  if (view.leg === 'accuracy') return [];
  const outcome = recomputed(view);
  const stated = view.content.find('early_stopping_met');
  if (outcome === undefined) return estimateFindings(view);
  const words = outcome.met ? 'is met' : 'is not met';
  const differs = stated !== undefined && stated.value !== outcome.met;
  const place = { file: view.file, line: stated?.line };
  return [
    ...(differs
      ? [
          finding('error', place, {
            check: 'early-stopping',
            message: `early_stopping_met is ${valueWords(stated.value)}, but by the counts it ${words}: ${outcome.why}.`,
          }),
        ]
      : []),
    ...(!outcome.met && !differs
      ? [
          finding('error', place, {
            check: 'early-stopping',
            message: `Early stopping is not met: ${outcome.why}.`,
          }),
        ]
      : []),
    ...estimateFindings(view),
  ];
}
