import { labError } from '#harness/contracts/error-catalogue.ts';

import { leastQueryCount, paddedSetLength } from '../order/reference-order.ts';
import { arrivalGaps } from '../schedule/arrival-gaps.ts';
import { streamPeriodNs } from '../schedule/stream-period.ts';
import type { LoadPlanSettings } from './load-plan-settings.ts';
import { offlineSampleCount } from './offline-sample-count.ts';

/** Longer plans are refused: they would take minutes to count. */
const plannedCountMax = 1_000_000_000;

function checkLength(count: number, what: string): number {
  if (count <= plannedCountMax) return count;
  const message = `the plan would have ${Math.round(count)} ${what}, more than ${plannedCountMax}`;
  throw labError('loadgen/plan-too-long', message, { details: { count } });
}

/** How many queries it takes until the last one is scheduled at the end of the generated time, or after it. */
function queryCountForDuration(settings: LoadPlanSettings): number {
  const durationNs = settings.minDurationMs * 1e6;
  if (durationNs === 0) return 0;
  if (settings.scenario !== 'server')
    return Math.ceil((2 * durationNs) / streamPeriodNs(settings)) + 1;
  checkLength((settings.qps * settings.minDurationMs) / 1000, 'queries');
  const nextGapNs = arrivalGaps(settings);
  let count = 1;
  for (let lastNs = 0; lastNs < durationNs; lastNs += nextGapNs()) count += 1;
  return count;
}

function greatestCommonDivisor(first: number, second: number): number {
  return second === 0 ? first : greatestCommonDivisor(second, first % second);
}

/** The count of queries of an equal issue is a multiple of this. */
export function equalIssueMultiple(settings: LoadPlanSettings, setLength: number): number {
  return settings.order === 'portable'
    ? setLength / greatestCommonDivisor(setLength, settings.samplesPerQuery)
    : paddedSetLength(settings, setLength);
}

/** Queries of a load that is over when each sample was issued once. */
function oncePerSampleCount(settings: LoadPlanSettings, setLength: number): number {
  const { order, mode, scenario, samplesPerQuery } = settings;
  if (order !== 'portable' || scenario === 'offline') return leastQueryCount(settings, setLength);
  const queries = setLength / samplesPerQuery;
  return mode === 'accuracy' ? Math.ceil(queries) : Math.floor(queries);
}

/**
 * Queries that are planned for one pass over a set: for `minQueryCount` and for the duration, in streams for twice the
 * duration at the expected latency. A run goes on as long as it must, whatever was planned.
 *
 * @param setLength - without padding
 * @throws LabError loadgen/plan-too-long
 */
export function plannedQueryCount(settings: LoadPlanSettings, setLength: number): number {
  const { scenario, mode, selection } = settings;
  if (scenario === 'offline') return 1;
  if (mode === 'accuracy' || selection === 'unique') return oncePerSampleCount(settings, setLength);
  const least =
    settings.order === 'portable' ? settings.minQueryCount : leastQueryCount(settings, setLength);
  const count = Math.max(least, queryCountForDuration(settings));
  if (selection !== 'equal-issue') return checkLength(count, 'queries');
  const multiple = equalIssueMultiple(settings, setLength);
  return checkLength(Math.ceil(count / multiple) * multiple, 'queries');
}

/**
 * Samples of an offline query; in equal issue its last pass over the set is complete.
 *
 * @throws LabError loadgen/plan-too-long
 */
export function offlineQueryLength(settings: LoadPlanSettings, setLength: number): number {
  if (settings.mode === 'accuracy') return setLength;
  const count = offlineSampleCount(settings);
  if (settings.selection !== 'equal-issue') return checkLength(count, 'samples');
  return checkLength(Math.ceil(count / setLength) * setLength, 'samples');
}
