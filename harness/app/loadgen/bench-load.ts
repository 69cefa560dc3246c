import { underLatencyCountNeeded } from '#harness/judge/statistics/early-stopping.ts';
import type { LoadScenario } from '#harness/loadgen/core/load-core-options.ts';

import type { NullLoad, NullLoadOutcome, Quantiles } from './null-load-protocol.ts';
import { startNullLoadThread } from './null-load-thread.ts';

/** The order in which scenarios are shown. */
export const benchScenarios: readonly LoadScenario[] = [
  'single-stream',
  'multi-stream',
  'server',
  'offline',
];

/** A server query counts as late over this. */
export const benchLatencyLimitNs = 10e6;
const percentile = 0.99;
/** Fast enough for the code to be compiled by then. */
const warmUp = { qps: 100_000, seconds: 0.3 };

/** What is run. */
export interface BenchLoadOptions {
  /** Absent: all. */
  readonly scenario?: LoadScenario;
  /** Arrivals per second; server only. */
  readonly qps: number;
  readonly seconds: number;
}

/** The server's own figures. */
export interface ServerBench {
  readonly targetQps: number;
  /** Completed queries per second of the load. */
  readonly achievedQps: number;
  /** The 99th percentile of the latency, counted from the schedule, proven to lie under 10 ms at 99 % confidence. */
  readonly isValid: boolean;
  readonly latencyLimitNs: number;
  readonly latencyNs: Quantiles;
  /** From the scheduled instant to the issue. */
  readonly issueErrorNs: Quantiles;
  /** Learnt on this machine, for sleeps below 1 ms, below 10 ms, and longer. */
  readonly spinWindowNs: readonly number[];
  readonly oversleepNsP50: number;
  readonly oversleepNsP99: number;
}

/** The figures of one scenario on the null device. */
export interface ScenarioBench {
  readonly scenario: LoadScenario;
  readonly queryCount: number;
  readonly sampleCount: number;
  readonly elapsedMs: number;
  readonly nsPerQuery: number;
  readonly samplesPerSecond: number;
  readonly firstIssueMs: number;
  /** Of one core; 1 for streams and offline, which never wait for a device that answers at once. */
  readonly cpuShare: number;
  readonly heapGrowthBytes: number;
  readonly server?: ServerBench;
}

/** A load of a run's kind on the null device; `changes` are what a bench wants else. */
export function nullLoad(
  scenario: LoadScenario,
  { qps, seconds }: { readonly qps: number; readonly seconds: number },
  changes: Partial<NullLoad> = {},
): NullLoad {
  return {
    scenario,
    order: 'portable',
    qps,
    seconds,
    minQueryCount: 1,
    targetLatencyNs: benchLatencyLimitNs,
    percentile,
    outstandingCountMax: 65_536,
    waiting: 'precise',
    isFirstOnly: false,
    ...changes,
  };
}

/** How a load ended, and what it counted. */
interface EndedLoad {
  readonly endedBy: NullLoadOutcome['endedBy'];
  readonly tally: Pick<NullLoadOutcome['tally'], 'issuedCount' | 'overLimitCount'>;
}

/** Whether a server load held its limit; proven at 99 % confidence. */
export function isValidServerLoad({ endedBy, tally }: EndedLoad): boolean {
  if (endedBy !== 'complete') return false;
  const { issuedCount, overLimitCount } = tally;
  if (overLimitCount > issuedCount * (1 - percentile)) return false;
  return issuedCount >= underLatencyCountNeeded(percentile, overLimitCount) + overLimitCount;
}

function serverBench(outcome: NullLoadOutcome, targetQps: number): ServerBench {
  const { tally, elapsedNs, latencyNs, issueErrorNs, pacing } = outcome;
  return {
    targetQps,
    achievedQps: (tally.completedCount / elapsedNs) * 1e9,
    isValid: isValidServerLoad(outcome),
    latencyLimitNs: benchLatencyLimitNs,
    latencyNs,
    issueErrorNs,
    spinWindowNs: pacing?.spinWindowNs ?? [],
    oversleepNsP50: pacing?.oversleepNsP50 ?? 0,
    oversleepNsP99: pacing?.oversleepNsP99 ?? 0,
  };
}

async function benchScenario(
  scenario: LoadScenario,
  options: BenchLoadOptions,
  signal: AbortSignal,
): Promise<ScenarioBench> {
  await using thread = startNullLoadThread();
  await thread.run(nullLoad(scenario, warmUp), signal);
  const outcome = await thread.run(nullLoad(scenario, options), signal);
  const { tally, elapsedNs, samplesPerQuery, firstIssueNs, cpuShare, heapGrowthBytes } = outcome;
  const queryCount = tally.completedCount;
  const sampleCount = queryCount * samplesPerQuery;
  return {
    scenario,
    queryCount,
    sampleCount,
    elapsedMs: elapsedNs / 1e6,
    nsPerQuery: elapsedNs / Math.max(1, queryCount),
    samplesPerSecond: (sampleCount / elapsedNs) * 1e9,
    firstIssueMs: firstIssueNs / 1e6,
    cpuShare,
    heapGrowthBytes,
    ...(scenario === 'server' ? { server: serverBench(outcome, options.qps) } : {}),
  };
}

/**
 * Runs the load generator on a device that answers at once: what is left is its own cost. Each scenario has a thread of
 * its own and a short load before, so that its code is compiled.
 */
export async function benchLoad(
  options: BenchLoadOptions,
  signal: AbortSignal,
): Promise<readonly ScenarioBench[]> {
  const { scenario } = options;
  const benches: ScenarioBench[] = [];
  for (const each of scenario === undefined ? benchScenarios : [scenario])
    benches.push(await benchScenario(each, options, signal));
  return benches;
}
