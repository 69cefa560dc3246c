import type { OrderKind, Seeds, Selection } from '#harness/contracts/records/load-settings.ts';

import type { LoadPlanSettings } from './load-plan-settings.ts';

/** The keys of a settings file that contradict each other; any may be absent. */
interface Part {
  readonly scenario?: LoadPlanSettings['scenario'];
  readonly mode?: LoadPlanSettings['mode'];
  readonly order?: OrderKind;
  readonly selection?: Selection;
  readonly sameIndex?: number;
  readonly seeds?: Seeds;
  readonly librarySampleCount?: number;
  readonly performanceSampleCount?: number;
  readonly samplesPerQuery?: number;
  readonly minDurationMs?: number;
  readonly minQueryCount?: number;
  readonly targetQps?: number;
  readonly expectedQps?: number;
  readonly accuracyLogProbability?: number;
  readonly accuracyLogSamplingTarget?: number;
}

const seedMax = 2n ** 64n - 1n;
const permutedSampleCountMax = 100_000_000;

function seedProblems({ seeds }: Part): string[] {
  if (seeds === undefined) return [];
  return Object.entries(seeds)
    .filter(([, seed]) => BigInt(seed) > seedMax)
    .map(([name]) => `seeds.${name}: must be at most 2^64-1`);
}

function sampleCountProblems(part: Part): string[] {
  const { librarySampleCount: library, performanceSampleCount: performance } = part;
  const problems: string[] = [];
  if (library !== undefined && performance !== undefined && performance > library)
    problems.push(
      `performanceSampleCount: ${performance} is more than librarySampleCount, ${library}`,
    );
  const permuted =
    part.mode === 'performance' && part.order === 'reference' ? performance : library;
  if (
    part.order !== undefined &&
    part.order !== 'portable' &&
    (permuted ?? 0) > permutedSampleCountMax
  )
    problems.push(
      `order: ${part.order} holds its samples in memory, at most ${permutedSampleCountMax}`,
    );
  return problems;
}

/** Samples of the smallest set that will be loaded; undefined when that cannot be told. */
function smallestSetLength(part: Part): number | undefined {
  const { librarySampleCount: library, performanceSampleCount: performance } = part;
  if (library === undefined || performance === undefined) return undefined;
  const rest = library % performance;
  return part.mode === 'accuracy' && rest !== 0 ? rest : Math.min(library, performance);
}

function sameIndexProblems(part: Part): string[] {
  const { sameIndex, selection } = part;
  if (sameIndex === undefined) return [];
  const problems: string[] = [];
  if (selection !== undefined && selection !== 'same')
    problems.push(`sameIndex: belongs to selection same, not ${selection}`);
  const setLength = smallestSetLength(part) ?? Infinity;
  if (sameIndex >= setLength)
    problems.push(`sameIndex: ${sameIndex} is outside of a loaded set of ${setLength} samples`);
  return problems;
}

/** The portable `unique` ends before a query that would need a sample twice. */
function uniqueProblems(part: Part): string[] {
  const { order, mode, selection, scenario, samplesPerQuery = 8 } = part;
  const isPortable = order === 'portable' && mode === 'performance' && selection === 'unique';
  if (!isPortable || scenario !== 'multi-stream') return [];
  const setLength = smallestSetLength(part) ?? Infinity;
  return setLength < samplesPerQuery
    ? [`selection: unique has fewer samples than one query of ${samplesPerQuery}`]
    : [];
}

function scenarioProblems({ scenario, samplesPerQuery }: Part): string[] {
  const problems: string[] = [];
  if (scenario === undefined) return problems;
  if (scenario !== 'multi-stream' && samplesPerQuery !== undefined && samplesPerQuery !== 1)
    problems.push(`samplesPerQuery: belongs to multi-stream; ${scenario} takes 1`);
  return problems;
}

/** A load must have a first query; where its order is laid out beforehand, a count for that too. */
function lengthProblems(part: Part): string[] {
  const { minQueryCount, minDurationMs, selection } = part;
  const counted = part.mode === 'accuracy' || selection === 'unique';
  if (counted || minQueryCount !== 0) return [];
  if (selection === 'equal-issue') return ['minQueryCount: equal-issue needs at least 1'];
  if (minDurationMs === 0) return ['minQueryCount: 0 with minDurationMs 0 plans no query'];
  const expected = 1.1 * ((minDurationMs ?? Infinity) / 1000) * (part.expectedQps ?? 1);
  if (part.scenario === 'offline' && expected < 1)
    return ['minQueryCount: 0 with this minDurationMs and expectedQps plans a query of no sample'];
  return [];
}

function samplingProblems(part: Part): string[] {
  const both = (part.accuracyLogProbability ?? 0) > 0 && (part.accuracyLogSamplingTarget ?? 0) > 0;
  return both ? ['accuracyLogProbability: contradicts accuracyLogSamplingTarget; give one'] : [];
}

/** What cannot be true at once, as far as the keys given tell; one line each. Pure. */
export function settingsContradictions(part: Part): string[] {
  return [
    seedProblems(part),
    sampleCountProblems(part),
    sameIndexProblems(part),
    uniqueProblems(part),
    scenarioProblems(part),
    lengthProblems(part),
    samplingProblems(part),
  ].flat();
}
