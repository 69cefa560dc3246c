import { median } from '#harness/judge/statistics/median.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import type { QueryTarget } from './query-target.ts';
import { latencyRecorder } from './recorder/latency-recorder.ts';
import { runSingleStream } from './scenarios/single-stream.ts';

/** One line of the benchmark table, in microseconds; the ratio is ours over the reference. */
interface BenchRow {
  readonly name: string;
  readonly medianUs: number;
  readonly referenceMedianUs: number;
  readonly ratio: number;
}

const queryCount = 20_000;
const roundCount = 9;

const answer = { output: new Float32Array(12) };
const nullTarget: QueryTarget = {
  stage: async () => undefined,
  issue: async () => answer,
};
const { signal } = new AbortController();
const clock = systemClock();

/** Microseconds per query of one round. */
async function timedUs(round: () => Promise<unknown>): Promise<number> {
  const startedAtNs = clock.nowNs();
  await round();
  return (clock.nowNs() - startedAtNs) / queryCount / 1000;
}

async function bareLoop(): Promise<void> {
  for (let query = 0; query < queryCount; query += 1) {
    await nullTarget.stage(query % 5, signal);
    await nullTarget.issue(query % 5, signal);
  }
}

/** Nanoseconds between two clock stamps with nothing in between: no latency can be measured below. */
function emptyStampNs(): number {
  const gapsNs = Array.from({ length: queryCount }, () => {
    const firstNs = clock.nowNs();
    return clock.nowNs() - firstNs;
  });
  return median(gapsNs);
}

function benchRow(name: string, medianUs: number, referenceMedianUs: number): BenchRow {
  return { name, medianUs, referenceMedianUs, ratio: medianUs / referenceMedianUs };
}

/**
 * A single stream against a target that answers at once: its time per query beside a bare loop that calls the same
 * target, and the latency it records beside two clock stamps in a row.
 */
export async function benchLoadgen(): Promise<readonly BenchRow[]> {
  const recorders = Array.from({ length: roundCount + 1 }, () => latencyRecorder(queryCount));
  const settings = {
    seed: 1,
    minDurationMs: 0,
    minQueryCount: queryCount,
    maxDurationMs: 60_000,
    queryDeadlineMs: 1000,
    percentile: 0.9,
    performanceSampleCount: 5,
  };
  const ours: number[] = [];
  const bare: number[] = [];
  const recordedNs: number[] = [];
  for (const [round, recorder] of recorders.entries()) {
    const load = { target: nullTarget, clock, settings, recorder, signal };
    const oursUs = await timedUs(() => runSingleStream(load));
    const bareUs = await timedUs(bareLoop);
    // The first round only warms up.
    if (round === 0) continue;
    ours.push(oursUs);
    bare.push(bareUs);
    recordedNs.push(median(recorder.log().latencyNs));
  }
  return [
    benchRow('single stream, null target: per query', median(ours), median(bare)),
    benchRow('single stream, null target: latency', median(recordedNs) / 1e3, emptyStampNs() / 1e3),
  ];
}
