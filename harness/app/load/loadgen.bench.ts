import { median } from '#harness/judge/statistics/median.ts';
import { valuesAtRanks } from '#harness/judge/statistics/rank-finder.ts';
import { percentileRank } from '#harness/judge/statistics/rank.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { isValidServerLoad, nullLoad } from '../loadgen/bench-load.ts';
import type { NullLoadOutcome, Waiting } from '../loadgen/null-load-protocol.ts';
import { startNullLoadThread, type NullLoadThread } from '../loadgen/null-load-thread.ts';
import { benchDisturbance } from './disturbance.bench.ts';

/** One line of the benchmark table, in microseconds; the ratio is ours over the reference. */
interface BenchRow {
  readonly name: string;
  readonly medianUs: number;
  readonly referenceMedianUs?: number;
  readonly ratio?: number;
  /** What the numbers do not say. */
  readonly note?: string;
}

const { signal } = new AbortController();
const clock = systemClock();
const warmUp = { qps: 100_000, seconds: 0.3 };
const million = 1e6;

function beside(name: string, medianUs: number, referenceMedianUs: number): BenchRow {
  return { name, medianUs, referenceMedianUs, ratio: medianUs / referenceMedianUs };
}

/** Microseconds per query of a loop that only stamps, answers, stamps and keeps the latency. */
function bareLoopUs(): number {
  const queryCount = 2_000_000;
  const latenciesNs = new Float64Array(queryCount);
  const answer = (): number => clock.nowNs();
  const startedAtNs = clock.nowNs();
  for (let query = 0; query < queryCount; query += 1) {
    const issuedAtNs = clock.nowNs();
    latenciesNs[query] = answer() - issuedAtNs;
  }
  return (clock.nowNs() - startedAtNs) / queryCount / 1000;
}

async function streamRow(): Promise<BenchRow> {
  await using thread = startNullLoadThread();
  await thread.run(nullLoad('single-stream', warmUp), signal);
  bareLoopUs();
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const { elapsedNs, tally } = await thread.run(
      nullLoad('single-stream', { qps: 1, seconds: 0.5 }),
      signal,
    );
    ours.push(elapsedNs / tally.completedCount / 1000);
    bare.push(bareLoopUs());
  }
  const name = 'single stream, null device: per query with its row (reference: two stamps)';
  return beside(name, median(ours), median(bare));
}

async function offlineRow(): Promise<BenchRow> {
  await using thread = startNullLoadThread();
  await thread.run(nullLoad('offline', warmUp), signal);
  const { elapsedNs, tally } = await thread.run(
    nullLoad('offline', { qps: 1, seconds: 2 }),
    signal,
  );
  const rate = (tally.completedCount / elapsedNs) * 1e9;
  return {
    name: 'offline, null device: per sample with its row',
    medianUs: elapsedNs / tally.completedCount / 1000,
    note: `${(rate / million).toFixed(1)} million samples/s`,
  };
}

/** Servers at rising rates; each row is the 99th percentile of the latency. */
async function serverRows(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const qps of [250_000, 500_000, 1_000_000]) {
    await using thread = startNullLoadThread();
    await thread.run(nullLoad('server', warmUp), signal);
    const outcome = await thread.run(nullLoad('server', { qps, seconds: 3 }), signal);
    rows.push({
      name: `server ${qps}/s, null device: latency p99`,
      medianUs: outcome.latencyNs.p99 / 1000,
      note: `${isValidServerLoad(outcome) ? 'valid' : 'not valid'} at 10 ms`,
    });
  }
  return rows;
}

async function issuing(
  thread: NullLoadThread,
  qps: number,
  waiting: Waiting,
): Promise<NullLoadOutcome> {
  return thread.run(nullLoad('server', { qps, seconds: 3 }, { waiting }), signal);
}

/** The way to wait of a run, beside timers and beside sleeps that nothing is spun after. */
async function issueErrorRows(qps: number): Promise<BenchRow[]> {
  await using thread = startNullLoadThread();
  await thread.run(nullLoad('server', warmUp), signal);
  const timers = await issuing(thread, qps, 'timers');
  const sleepOnly = await issuing(thread, qps, 'sleep-only');
  const precise = await issuing(thread, qps, 'precise');
  const rows: BenchRow[] = [];
  for (const share of ['p50', 'p99'] as const) {
    const ours = precise.issueErrorNs[share] / 1000;
    const name = `issue error ${share} at ${qps}/s`;
    const ofTimers = timers.issueErrorNs[share] / 1000;
    rows.push(
      beside(`${name} (reference: timers)`, ours, ofTimers),
      beside(`${name} (reference: sleeps)`, ours, sleepOnly.issueErrorNs[share] / 1000),
    );
  }
  const [percent, timersPercent] = [precise, timers].map(({ cpuShare }) =>
    (cpuShare * 100).toFixed(1),
  );
  const [window] = precise.pacing?.spinWindowNs ?? [0];
  rows.push({
    name: `spin window learnt at ${qps}/s`,
    medianUs: window / 1000,
    note: `${percent} % of a core (timers: ${timersPercent} %)`,
  });
  return rows;
}

const latencyCount = 10_000_000;

/** Six percentiles of ten million latencies, beside sorting them. */
function statisticsRow(): BenchRow {
  const latenciesNs = Float64Array.from({ length: latencyCount }, (_none, index) =>
    Math.floor(1e6 + ((index * 2_654_435_761) % 4_294_967_296)),
  );
  const shares = [0.5, 0.9, 0.95, 0.97, 0.99, 0.999];
  const startedAtNs = clock.nowNs();
  const found = valuesAtRanks(
    (show) => show(latenciesNs, latencyCount),
    (count) => shares.map((share) => percentileRank(count, share)),
  );
  const oursUs = (clock.nowNs() - startedAtNs) / 1000;
  const sortStartedAtNs = clock.nowNs();
  const sorted = latenciesNs.toSorted();
  const sortUs = (clock.nowNs() - sortStartedAtNs) / 1000;
  const isExact = [...found].every(([rank, valueNs]) => sorted[rank] === valueNs);
  const name = 'six percentiles of 10 million latencies (reference: Float64Array sort)';
  return { ...beside(name, oursUs, sortUs), note: isExact ? 'the same values' : 'OTHER VALUES' };
}

/** From nothing to the first query at the device, for a plan that no run would wait to see made. */
async function firstIssueRow(): Promise<BenchRow> {
  const timesUs: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await using thread = startNullLoadThread();
    const changes = { minQueryCount: latencyCount, isFirstOnly: true };
    const load = nullLoad('server', { qps: 1_000_000, seconds: 10 }, changes);
    const { firstIssueNs } = await thread.run(load, signal);
    timesUs.push(firstIssueNs / 1000);
  }
  return { name: 'first issue of a plan of 10 million queries, cold', medianUs: median(timesUs) };
}

/** The load generator on a device that answers at once. */
export async function benchLoadgen(): Promise<readonly BenchRow[]> {
  return [
    await streamRow(),
    await offlineRow(),
    ...(await serverRows()),
    ...(await issueErrorRows(1000)),
    ...(await issueErrorRows(10_000)),
    await firstIssueRow(),
    statisticsRow(),
    await benchDisturbance(),
  ];
}
