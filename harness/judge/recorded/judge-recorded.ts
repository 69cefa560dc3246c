import type { Distribution } from '../load/distribution.ts';
import { summariseLoad, type LoadSummary } from '../load/summarise-load.ts';
import type { QueryLog } from '../raw/query-blocks.ts';
import { tokensPerSecond } from '../results/load-result.ts';
import { isJudgedByTokens } from '../results/server-early-stopping.ts';
import {
  recordedEarlyStopping,
  streamTokenStopping,
  tokenStopping,
  type TokenStopping,
} from './recorded-early-stopping.ts';
import type {
  RecordedExtent,
  RecordedJudgement,
  RecordedPercentiles,
} from './recorded-judgement.ts';
import { recordedRules } from './recorded-rules.ts';
import type { RecordedSettings } from './recorded-settings.ts';

function percentilesOf({ at }: Distribution): RecordedPercentiles {
  return {
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p97: at(0.97),
    p99: at(0.99),
    p99_9: at(0.999),
  };
}

/** The mean is an integer division, as the sheet has it. */
function extentOf({ minNs, maxNs, sumNs, count }: Distribution): RecordedExtent {
  return { minNs, meanNs: Number(sumNs / BigInt(count)), maxNs };
}

/** Rates of a scenario; one that cannot be told is left out. */
interface Rates {
  readonly [name: string]: number;
}

function perSecond(count: number, durationNs: number): number | undefined {
  return count > 0 && durationNs > 0 ? (count * 1e9) / durationNs : undefined;
}

function ratesOf(summary: LoadSummary, settings: RecordedSettings): Rates {
  const { queryCount, completedCount, latency, lastScheduledAtNs, lastCompletedAtNs } = summary;
  const { scenario, samplesPerQuery } = settings;
  const intervals = queryCount - 1;
  // The whole mean that is stated, as the field divides by it.
  const meanNs = latency === undefined ? 0 : extentOf(latency).meanNs;
  const byScenario: Readonly<Record<typeof scenario, Record<string, number | undefined>>> = {
    'single-stream': {
      queriesPerSecondWithOverhead: perSecond(intervals, lastScheduledAtNs),
      queriesPerSecondWithoutOverhead: perSecond(1, meanNs),
    },
    'multi-stream': {
      queriesPerSecondWithOverhead: perSecond(intervals, lastScheduledAtNs),
      queriesPerSecondWithoutOverhead: perSecond(1, meanNs),
      samplesPerSecond: perSecond(samplesPerQuery, meanNs),
    },
    server: {
      scheduledPerSecond: perSecond(intervals, lastScheduledAtNs),
      completedPerSecond: perSecond(intervals, lastCompletedAtNs),
    },
    offline: { samplesPerSecond: perSecond(completedCount, latency?.maxNs ?? 0) },
  };
  const known = Object.entries(byScenario[scenario]).flatMap(([name, rate]) =>
    rate === undefined ? [] : [[name, rate] as const],
  );
  return Object.fromEntries(known);
}

function metricOf(
  judged: Pick<RecordedJudgement, 'scenario' | 'rates' | 'earlyStopping' | 'tokens'>,
): RecordedJudgement['metric'] {
  const { scenario, rates, earlyStopping, tokens } = judged;
  const { percentile, valueNs } = earlyStopping;
  const tokenRate = tokens?.tokensPerSecond ?? null;
  switch (scenario) {
    case 'single-stream':
    case 'multi-stream': {
      const name = `early-stopping p${Number((percentile * 100).toFixed(6))} latency`;
      return { name, value: valueNs, unit: 'ns' };
    }
    case 'server':
      return tokens === undefined
        ? {
            name: 'completed samples per second',
            value: rates['completedPerSecond'] ?? null,
            unit: 'samples/s',
          }
        : { name: 'completed tokens per second', value: tokenRate, unit: 'tokens/s' };
    case 'offline':
      return tokens === undefined
        ? {
            name: 'samples per second',
            value: rates['samplesPerSecond'] ?? null,
            unit: 'samples/s',
          }
        : { name: 'tokens per second', value: tokenRate, unit: 'tokens/s' };
  }
}

/** Server: against the limits of tokens; streams: what may be stated; offline tells of no first token. */
function tokenStoppingOf(
  summary: LoadSummary,
  settings: RecordedSettings,
): TokenStopping | undefined {
  switch (settings.scenario) {
    case 'server':
      return isJudgedByTokens(settings) ? tokenStopping(summary, settings) : undefined;
    case 'single-stream':
    case 'multi-stream':
      return summary.tokens?.ttft === undefined
        ? undefined
        : streamTokenStopping(summary, settings);
    case 'offline':
      return undefined;
  }
}

function tokensOf(
  summary: LoadSummary,
  settings: RecordedSettings,
): Pick<RecordedJudgement, 'tokens'> {
  const { tokens } = summary;
  if (tokens === undefined) return {};
  const { tokenCount, ttft, tpot } = tokens;
  const stopping = tokenStoppingOf(summary, settings);
  return {
    tokens: {
      tokenCount,
      tokensPerSecond: tokensPerSecond(summary, settings.scenario) ?? null,
      ...(ttft === undefined ? {} : { ttft: { ...extentOf(ttft), ...percentilesOf(ttft) } }),
      ...(tpot === undefined ? {} : { tpot: { ...extentOf(tpot), ...percentilesOf(tpot) } }),
      ...(stopping === undefined ? {} : { earlyStopping: stopping }),
    },
  };
}

function countsOf(
  summary: LoadSummary,
  { scenario, samplesPerQuery }: RecordedSettings,
): RecordedJudgement['counts'] {
  const { queryCount } = summary;
  const isOffline = scenario === 'offline';
  return {
    queries: isOffline ? Math.min(1, queryCount) : queryCount,
    samples: isOffline ? queryCount : queryCount * samplesPerQuery,
    completed: summary.completedCount,
    failed: summary.failedCount,
    lost: summary.lostCount,
    late: summary.lateCount,
    duplicate: summary.duplicateCount,
    unknown: summary.unknownCount,
  };
}

/**
 * Judges recorded queries by the rules of the protocol sheet "load generation", section 1: any load of any load
 * generator. Pure, in constant memory.
 *
 * @param log - multi-stream: a row per query; offline: a row per sample, latencies from the start
 * @param assumptions - what was taken for given when the log was made
 * @throws LabError evidence/unreadable from the scan
 */
export function judgeRecorded(
  log: QueryLog,
  settings: RecordedSettings,
  assumptions: readonly string[],
): RecordedJudgement {
  const { scenario, targetPercentile: percentile, targetLatencyNs } = settings;
  const { ttftTargetNs, tpotTargetNs } = settings;
  const summary = summariseLoad(log, {
    percentile,
    queryDeadlineNs: Number.POSITIVE_INFINITY,
    isScheduled: scenario === 'server',
    ...(targetLatencyNs === undefined ? {} : { targetLatencyNs }),
    ...(ttftTargetNs === undefined ? {} : { ttftTargetNs }),
    ...(tpotTargetNs === undefined ? {} : { tpotTargetNs }),
  });
  const { latency } = summary;
  const rates = ratesOf(summary, settings);
  const earlyStopping = recordedEarlyStopping(summary, settings);
  const tokens = tokensOf(summary, settings);
  const completedPerSecond = rates['completedPerSecond'];
  const rules = recordedRules({ summary, settings, completedPerSecond });
  return {
    scenario,
    metric: metricOf({ scenario, rates, earlyStopping, ...tokens }),
    counts: countsOf(summary, settings),
    latency: latency === undefined ? null : extentOf(latency),
    percentiles: latency === undefined ? null : percentilesOf(latency),
    target: latency === undefined ? null : { percentile, valueNs: latency.at(percentile) },
    overLatencyCount: targetLatencyNs === undefined ? null : summary.overLimitCount,
    rates,
    earlyStopping,
    ...tokens,
    validity: {
      valid: rules.every(({ met }) => met),
      reasons: rules.filter(({ met }) => !met),
      rules,
    },
    assumptions,
  };
}
