import type { LoadOverrides } from '#harness/contracts/records/load-settings.ts';
import type { Scenario } from '#harness/contracts/records/run-record.ts';
import { ruleSetDefaults } from '#harness/judge/rule-set.ts';

import type { SettingsRequest } from './settings-request.ts';

const seedMax = 2n ** 64n - 1n;

/** A search has lengths of its own: those of its probes. */
const ofOneLoad = ['single-stream', 'multi-stream', 'server', 'offline'] as const;

/** Settings that mean something in some scenarios only. */
const scenariosOf: Readonly<Partial<Record<keyof LoadOverrides, readonly Scenario[]>>> = {
  minDurationMs: ofOneLoad,
  minQueryCount: ofOneLoad,
  maxDurationMs: ofOneLoad,
  samplesPerQuery: ['multi-stream'],
  targetQps: ['server'],
  targetLatencyMs: ['server', 'find-peak'],
  outstandingCountMax: ['server', 'find-peak', 'offline'],
  percentile: ['single-stream', 'multi-stream', 'server', 'find-peak'],
  accuracyLogSamplingTarget: ofOneLoad,
  windowCount: ['single-stream'],
  minWindowMs: ['single-stream'],
  peakStartQps: ['find-peak'],
  peakResolution: ['find-peak'],
  probeMinDurationMs: ['find-peak'],
  probeMaxDurationMs: ['find-peak'],
  probeCountMax: ['find-peak'],
};

function misplaced({ scenario, load = {} }: SettingsRequest): string[] {
  return Object.entries(scenariosOf).flatMap(([name, scenarios]) =>
    Object.hasOwn(load, name) && !scenarios.includes(scenario)
      ? [`${name} means nothing in ${scenario}; it is for ${scenarios.join(' and ')}`]
      : [],
  );
}

/** What is wrong, as a sentence; false when nothing is. */
type Check = (request: SettingsRequest) => string | false;

/** A stream is played once, as it is: there is no load to set. */
function streamProblem({ suite, scenario, mode, load }: SettingsRequest): string | false {
  if (suite.stream === undefined) return false;
  if (scenario !== 'single-stream') return `suite ${suite.id} plays a stream: use single-stream`;
  if (mode === 'compliance') return `suite ${suite.id} plays a stream: there is no audit of it`;
  const names = Object.keys(load ?? {});
  return (
    names.length > 0 && `${names.join(', ')}: suite ${suite.id} plays a stream and has no load`
  );
}

const modeChecks: readonly Check[] = [
  streamProblem,
  ({ mode, audit, audits }) =>
    mode === 'compliance' &&
    audit === undefined &&
    `mode compliance needs an audit: one of ${audits.map(({ id }) => id).join(', ')}`,
  ({ mode, audit }) =>
    mode !== 'compliance' &&
    audit !== undefined &&
    `the audit ${audit} needs mode compliance, not ${mode}`,
  ({ audit, audits }) =>
    audit !== undefined &&
    audits.every(({ id }) => id !== audit) &&
    `this lab has no audit ${audit}; it has ${audits.map(({ id }) => id).join(', ') || 'none'}`,
  ({ audit, load }) =>
    audit === undefined && load?.pairCount !== undefined && 'pairCount is for audits',
  ({ scenario, mode }) =>
    scenario === 'find-peak' &&
    mode !== 'performance' &&
    `find-peak measures the highest rate only: use mode performance, not ${mode}`,
];

/** Whether both are given and the first is more. */
function isMore(first: number | undefined, second: number | undefined): boolean {
  return first !== undefined && second !== undefined && first > second;
}

/** A load that must end before it is long enough; a search and an audit have lengths of their own. */
function durationProblem({ suite, scenario, mode, load }: SettingsRequest): string | false {
  if (scenario === 'find-peak' || mode === 'compliance') return false;
  const minDurationMs = load?.minDurationMs ?? suite.performance.minDurationMs;
  return (
    isMore(minDurationMs, load?.maxDurationMs) &&
    `minDurationMs ${minDurationMs} is more than maxDurationMs ${load?.maxDurationMs}`
  );
}

/** A query over the deadline is lost, so that nothing could lie between the deadline and a longer limit. */
function deadlineProblem({ suite, scenario, load }: SettingsRequest): string | false {
  if (scenario !== 'server' && scenario !== 'find-peak') return false;
  const { server } = suite.performance;
  const targetLatencyMs = load?.targetLatencyMs ?? server?.targetLatencyMs;
  const queryDeadlineMs = load?.queryDeadlineMs ?? suite.performance.queryDeadlineMs;
  return (
    isMore(targetLatencyMs, queryDeadlineMs) &&
    `targetLatencyMs ${targetLatencyMs} is more than queryDeadlineMs ${queryDeadlineMs}, after which a query is lost`
  );
}

const pairChecks: readonly Check[] = [
  durationProblem,
  deadlineProblem,
  ({ load }) =>
    isMore(load?.probeMinDurationMs, load?.probeMaxDurationMs) &&
    'probeMinDurationMs is more than probeMaxDurationMs',
  ({ suite, load }) =>
    load?.sameIndex !== undefined &&
    (load.selection ?? suite.performance.selection) !== 'same' &&
    'sameIndex needs selection "same"',
  ({ suite, scenario, load }) =>
    scenario === 'server' &&
    (load?.targetQps ?? suite.performance.server?.targetQps) === undefined &&
    `suite ${suite.id} names no arrival rate: set targetQps`,
  ({ suite, scenario, load }) =>
    (scenario === 'server' || scenario === 'find-peak') &&
    (load?.targetLatencyMs ?? suite.performance.server) === undefined &&
    `suite ${suite.id} names no latency limit: set targetLatencyMs`,
];

/** Distinct samples of the load. */
function sampleCountOf({ suite, load }: SettingsRequest): number {
  const ofSuite = Math.min(suite.performance.sampleCount, suite.dataset.sampleCount);
  return load?.performanceSampleCount ?? ofSuite;
}

/** Queries of a load that issues each sample once. */
function uniqueQueryCount(request: SettingsRequest): number {
  const { suite, scenario, load } = request;
  const ofSuite = suite.performance.multiStream?.samplesPerQuery;
  const perQuery =
    load?.samplesPerQuery ?? ofSuite ?? ruleSetDefaults['multi-stream'].samplesPerQuery;
  if (scenario !== 'multi-stream') return sampleCountOf(request);
  return Math.floor(sampleCountOf(request) / perQuery);
}

function uniqueProblem(request: SettingsRequest): string | false {
  const { suite, scenario, load } = request;
  if ((load?.selection ?? suite.performance.selection) !== 'unique') return false;
  if (scenario === 'find-peak')
    return 'selection "unique" ends a probe of find-peak before it has an answer';
  const minQueryCount = load?.minQueryCount ?? suite.performance.minQueryCount;
  const count = uniqueQueryCount(request);
  return (
    count < minQueryCount &&
    `selection "unique" has ${count} queries and minQueryCount is ${minQueryCount}`
  );
}

function seedProblem({ load }: SettingsRequest): string | false {
  const tooLarge = Object.entries(load?.seeds ?? {}).filter(([, seed]) => BigInt(seed) > seedMax);
  return (
    tooLarge.length > 0 &&
    `${tooLarge.map(([name]) => `seeds.${name}`).join(', ')} must be at most 2^64-1`
  );
}

const countChecks: readonly Check[] = [
  seedProblem,
  (request) =>
    sampleCountOf(request) > request.suite.dataset.sampleCount &&
    `performanceSampleCount ${sampleCountOf(request)} is more than the data set's ${request.suite.dataset.sampleCount}`,
  (request) =>
    isMore(request.load?.sameIndex, sampleCountOf(request) - 1) &&
    `sameIndex ${request.load?.sameIndex} is not below performanceSampleCount ${sampleCountOf(request)}`,
  uniqueProblem,
];

/** Everything in a request that cannot be meant, each as a sentence; empty when it can be run. Pure. */
export function contradictions(request: SettingsRequest): string[] {
  const checks = [...modeChecks, ...pairChecks, ...countChecks];
  const problems = checks.map((check) => check(request)).filter((problem) => problem !== false);
  return [...misplaced(request), ...problems];
}
