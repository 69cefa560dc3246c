import { labError } from '#harness/contracts/error-catalogue.ts';
import type {
  OrderKind,
  PeakSettings,
  Provenance,
  Selection,
} from '#harness/contracts/records/load-settings.ts';
import type { RunSettings } from '#harness/contracts/records/run-record.ts';
import { comparesAnswers } from '#harness/judge/compliance/leg-roles.ts';
import { ruleSetDefaults } from '#harness/judge/rule-set.ts';

import { contradictions } from './contradictions.ts';
import type { SettingsRequest } from './settings-request.ts';
import { withStream } from './stream-settings.ts';

const outstandingCountMaxDefault = 65_536;
/** A load may take this much longer than its shortest duration, and this much on top. */
const durationMargin = 1.5;
const durationMarginMs = 30_000;
const peakDefaults = {
  startQps: 100,
  resolution: 0.02,
  probeMinDurationMs: 2000,
  probeMaxDurationMs: 30_000,
  probeCountMax: 30,
} as const;

/** A value and where it comes from. */
interface Sourced<Value> {
  readonly value: Value;
  readonly from: Provenance;
}

/** The first of job, suite and fallback that is there. */
function first<Value>(
  job: Value | undefined,
  suite: Value | undefined,
  fallback: Sourced<Value>,
): Sourced<Value> {
  if (job !== undefined) return { value: job, from: 'job' };
  return suite === undefined ? fallback : { value: suite, from: 'suite' };
}

const byDefault = <Value>(value: Value): Sourced<Value> => ({ value, from: 'default' });
const byRuleSet = <Value>(value: Value): Sourced<Value> => ({ value, from: 'rule-set' });
const bySuite = <Value>(value: Value): Sourced<Value> => ({ value, from: 'suite' });

/** Takes values and remembers where each came from. */
function sourceKeeper(): {
  readonly provenance: Record<string, Provenance>;
  readonly take: <Value>(name: keyof RunSettings, sourced: Sourced<Value>) => Value;
} {
  const provenance: Record<string, Provenance> = {};
  const take = <Value>(name: keyof RunSettings, { value, from }: Sourced<Value>): Value => {
    provenance[name] = from;
    return value;
  };
  return { provenance, take };
}

type Take = ReturnType<typeof sourceKeeper>['take'];

function percentileOf({ suite, scenario, load }: SettingsRequest): Sourced<number> {
  const ofSuite = scenario === 'single-stream' ? suite.performance.percentile : undefined;
  return first(load?.percentile, ofSuite, byRuleSet(ruleSetDefaults[scenario].percentile));
}

/** The ceiling of wall time: the suite's, unless the job asks for a load that does not fit under it. */
function maxDurationOf({ suite, load }: SettingsRequest, minDurationMs: number): Sourced<number> {
  const { maxDurationMs } = suite.performance;
  if (load?.maxDurationMs !== undefined) return { value: load.maxDurationMs, from: 'job' };
  const needed = minDurationMs * durationMargin + durationMarginMs;
  return minDurationMs >= maxDurationMs ? byDefault(needed) : bySuite(maxDurationMs);
}

function durations(
  request: SettingsRequest,
  take: Take,
): Pick<
  RunSettings,
  'minDurationMs' | 'minQueryCount' | 'maxDurationMs' | 'queryDeadlineMs' | 'percentile'
> {
  const { suite, load } = request;
  const { performance } = suite;
  const minDurationMs = take(
    'minDurationMs',
    first(load?.minDurationMs, performance.minDurationMs, byDefault(0)),
  );
  return {
    minDurationMs,
    minQueryCount: take(
      'minQueryCount',
      first(load?.minQueryCount, performance.minQueryCount, byDefault(1)),
    ),
    maxDurationMs: take('maxDurationMs', maxDurationOf(request, minDurationMs)),
    queryDeadlineMs: take(
      'queryDeadlineMs',
      first(load?.queryDeadlineMs, performance.queryDeadlineMs, byDefault(1000)),
    ),
    percentile: take('percentile', percentileOf(request)),
  };
}

function windows(
  { suite, scenario, mode, load, hasPowerMeter }: SettingsRequest,
  take: Take,
): Pick<RunSettings, 'windowCount' | 'minWindowMs' | 'powerRequired'> {
  const measuresWindows =
    scenario === 'single-stream' && (mode === 'performance' || mode === 'both');
  const count = first(load?.windowCount, suite.performance.windowCount, byDefault(0));
  const windowCount = take('windowCount', measuresWindows ? count : byRuleSet(0));
  return {
    windowCount,
    minWindowMs: take(
      'minWindowMs',
      first(load?.minWindowMs, suite.performance.minWindowMs, byDefault(1000)),
    ),
    powerRequired: hasPowerMeter && windowCount > 0,
  };
}

function orderOf(
  { suite, scenario, seed, load }: SettingsRequest,
  take: Take,
): Pick<
  RunSettings,
  | 'order'
  | 'selection'
  | 'seeds'
  | 'sameIndex'
  | 'librarySampleCount'
  | 'samplesPerQuery'
  | 'performanceSampleCount'
> {
  const { performance, dataset } = suite;
  const ofSeed = String(seed);
  const seeds = { qsl: ofSeed, sampleIndex: ofSeed, schedule: ofSeed };
  const selection = take(
    'selection',
    first<Selection>(load?.selection, performance.selection, byDefault('normal')),
  );
  const { multiStream } = performance;
  const perQuery = first(
    load?.samplesPerQuery,
    multiStream?.samplesPerQuery,
    byRuleSet(ruleSetDefaults[scenario].samplesPerQuery),
  );
  return {
    order: take('order', first<OrderKind>(load?.order, performance.order, byDefault('portable'))),
    selection,
    seeds: take('seeds', first(load?.seeds, undefined, { value: seeds, from: 'job' })),
    ...(selection === 'same'
      ? { sameIndex: take('sameIndex', first(load?.sameIndex, undefined, byDefault(0))) }
      : {}),
    librarySampleCount: take('librarySampleCount', bySuite(dataset.sampleCount)),
    samplesPerQuery: take('samplesPerQuery', scenario === 'multi-stream' ? perQuery : byRuleSet(1)),
    performanceSampleCount: take(
      'performanceSampleCount',
      first(
        load?.performanceSampleCount,
        Math.min(performance.sampleCount, dataset.sampleCount),
        byDefault(1),
      ),
    ),
  };
}

function serverLimits(
  request: SettingsRequest,
  take: Take,
): Partial<
  Pick<RunSettings, 'targetQps' | 'targetLatencyNs' | 'ttftTargetNs' | 'tpotTargetNs' | 'peak'>
> {
  const { suite, scenario, load } = request;
  const { server } = suite.performance;
  if (scenario !== 'server' && scenario !== 'find-peak') return {};
  const latencyMs = first(load?.targetLatencyMs, server?.targetLatencyMs, byDefault(0));
  const qps = first(load?.targetQps, server?.targetQps, byDefault(0));
  const { ttftTargetMs, tpotTargetMs } = server ?? {};
  return {
    ...(scenario === 'server' ? { targetQps: take('targetQps', qps) } : peakOf(request, take)),
    targetLatencyNs: take('targetLatencyNs', { ...latencyMs, value: latencyMs.value * 1e6 }),
    ...(ttftTargetMs === undefined
      ? {}
      : { ttftTargetNs: take('ttftTargetNs', bySuite(ttftTargetMs * 1e6)) }),
    ...(tpotTargetMs === undefined
      ? {}
      : { tpotTargetNs: take('tpotTargetNs', bySuite(tpotTargetMs * 1e6)) }),
  };
}

/** What a job may set of a search, by the names that it uses. */
function peakOverrides(load: SettingsRequest['load'] = {}): Partial<PeakSettings> {
  const { peakStartQps, peakResolution, probeMinDurationMs, probeMaxDurationMs } = load;
  return {
    ...(peakStartQps === undefined ? {} : { startQps: peakStartQps }),
    ...(peakResolution === undefined ? {} : { resolution: peakResolution }),
    ...(probeMinDurationMs === undefined ? {} : { probeMinDurationMs }),
    ...(probeMaxDurationMs === undefined ? {} : { probeMaxDurationMs }),
    ...(load.probeCountMax === undefined ? {} : { probeCountMax: load.probeCountMax }),
  };
}

function peakOf({ suite, load }: SettingsRequest, take: Take): Pick<RunSettings, 'peak'> {
  const ofJob = peakOverrides(load);
  const startQps = suite.performance.server?.targetQps ?? peakDefaults.startQps;
  const value = { ...peakDefaults, startQps, ...ofJob };
  const from = Object.keys(ofJob).length > 0 ? 'job' : 'default';
  return { peak: take('peak', { value, from }) };
}

function refuse(problems: readonly string[]): never {
  const message = `the job cannot be run: ${problems.join('; ')}`;
  throw labError('job/contradictory', message, { details: { problems } });
}

/** With what the audit asks; one that compares no answers needs no accuracy run. */
function withAudit(
  settings: RunSettings,
  { suite, audit, audits, load }: SettingsRequest,
): RunSettings {
  const definition = audits.find(({ id }) => id === audit);
  if (definition === undefined) return settings;
  const options = {
    ...(suite.tokens === undefined ? {} : { tokens: suite.tokens }),
    ...(load?.pairCount === undefined ? {} : { pairCount: load.pairCount }),
  };
  const refusal = definition.refusal?.(settings, options);
  if (refusal !== undefined) refuse([refusal]);
  const asked = definition.settings(settings, options);
  const accuracySampleCount = comparesAnswers(asked) ? settings.accuracySampleCount : 0;
  return { ...settings, accuracySampleCount, audit: asked };
}

/**
 * Every setting of a run with its source: what the job says, else the suite, else the rule set, else a default. Pure:
 * the same request gives the same settings, when a job is taken and when it is run.
 *
 * @throws LabError job/contradictory naming everything that cannot be meant
 */
export function resolveRunSettings(request: SettingsRequest): RunSettings {
  const problems = contradictions(request);
  if (problems.length > 0) refuse(problems);
  const { suite, scenario, mode, seed, load } = request;
  const { provenance, take } = sourceKeeper();
  const outstanding = first(
    load?.outstandingCountMax,
    undefined,
    byDefault(outstandingCountMaxDefault),
  );
  const kept = load?.accuracyLogSamplingTarget;
  const settings: RunSettings = {
    scenario,
    mode,
    seed,
    ...durations(request, take),
    ...windows(request, take),
    accuracySampleCount: take(
      'accuracySampleCount',
      bySuite(mode === 'performance' ? 0 : suite.dataset.sampleCount),
    ),
    accuracyMetric: suite.accuracy.metric,
    accuracyAtLeast: take('accuracyAtLeast', bySuite(suite.accuracy.atLeast)),
    ...orderOf(request, take),
    ...serverLimits(request, take),
    statesDeviceTimes: true,
    outstandingCountMax: take('outstandingCountMax', outstanding),
    ...(kept === undefined
      ? {}
      : {
          accuracyLogSamplingTarget: take('accuracyLogSamplingTarget', {
            value: kept,
            from: 'job',
          }),
        }),
    provenance,
  };
  return withAudit(withStream(settings, suite), request);
}
