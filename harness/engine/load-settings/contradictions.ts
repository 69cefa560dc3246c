import type { LoadOverrides } from '#harness/contracts/records/load-settings.ts';
import type { Scenario } from '#harness/contracts/records/run-record.ts';

import type { SettingsRequest } from './settings-request.ts';

/** Settings that mean something in some scenarios only. */
const scenariosOf: Readonly<Partial<Record<keyof LoadOverrides, readonly Scenario[]>>> = {
  samplesPerQuery: ['multi-stream'],
  targetQps: ['server'],
  targetLatencyMs: ['server', 'find-peak'],
  outstandingCountMax: ['server', 'find-peak', 'offline'],
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

function modeProblems({ scenario, mode, audit, audits, load }: SettingsRequest): string[] {
  const ids = audits.map(({ id }) => id);
  const problems: string[] = [];
  if (mode === 'compliance' && audit === undefined)
    problems.push(`mode compliance needs an audit: one of ${ids.join(', ')}`);
  if (mode !== 'compliance' && audit !== undefined)
    problems.push(`the audit ${audit} needs mode compliance, not ${mode}`);
  if (audit === undefined && load?.pairCount !== undefined)
    problems.push('pairCount is for audits');
  if (audit !== undefined && !ids.includes(audit))
    problems.push(`this lab has no audit ${audit}; it has ${ids.join(', ') || 'none'}`);
  if (scenario === 'find-peak' && mode !== 'performance')
    problems.push(`find-peak measures the highest rate only: use mode performance, not ${mode}`);
  return problems;
}

function pairProblems({ suite, scenario, load = {} }: SettingsRequest): string[] {
  const problems: string[] = [];
  const { server } = suite.performance;
  const { minDurationMs, maxDurationMs, selection, sameIndex } = load;
  if (minDurationMs !== undefined && maxDurationMs !== undefined && minDurationMs > maxDurationMs)
    problems.push(`minDurationMs ${minDurationMs} is more than maxDurationMs ${maxDurationMs}`);
  if (sameIndex !== undefined && selection !== 'same')
    problems.push('sameIndex needs selection "same"');
  if (scenario === 'server' && load.targetQps === undefined && server?.targetQps === undefined)
    problems.push(`suite ${suite.id} names no arrival rate: set targetQps`);
  const needsLimit = scenario === 'server' || scenario === 'find-peak';
  if (needsLimit && load.targetLatencyMs === undefined && server === undefined)
    problems.push(`suite ${suite.id} names no latency limit: set targetLatencyMs`);
  const { probeMinDurationMs, probeMaxDurationMs } = load;
  if ((probeMinDurationMs ?? 0) > (probeMaxDurationMs ?? Number.POSITIVE_INFINITY))
    problems.push('probeMinDurationMs is more than probeMaxDurationMs');
  return problems;
}

function countProblems({ suite, scenario, load = {} }: SettingsRequest): string[] {
  const problems: string[] = [];
  const { sampleCount } = suite.dataset;
  const count = load.performanceSampleCount ?? Math.min(suite.performance.sampleCount, sampleCount);
  if (count > sampleCount)
    problems.push(`performanceSampleCount ${count} is more than the data set's ${sampleCount}`);
  if (load.sameIndex !== undefined && load.sameIndex >= count)
    problems.push(`sameIndex ${load.sameIndex} is not below performanceSampleCount ${count}`);
  const selection = load.selection ?? suite.performance.selection;
  const minQueryCount = load.minQueryCount ?? suite.performance.minQueryCount;
  const { multiStream } = suite.performance;
  const samplesPerQuery = load.samplesPerQuery ?? multiStream?.samplesPerQuery ?? 1;
  const perQuery = scenario === 'multi-stream' ? samplesPerQuery : 1;
  if (selection === 'unique' && Math.floor(count / perQuery) < minQueryCount)
    problems.push(
      `selection "unique" has ${Math.floor(count / perQuery)} queries and minQueryCount is ${minQueryCount}`,
    );
  return problems;
}

/** Everything in a request that cannot be meant, each as a sentence; empty when it can be run. Pure. */
export function contradictions(request: SettingsRequest): string[] {
  return [
    ...misplaced(request),
    ...modeProblems(request),
    ...pairProblems(request),
    ...countProblems(request),
  ];
}
