import { describe, expect, it } from 'vitest';

import type { ProbeQuestion } from '#harness/judge/peak/probe-findings.ts';

import type { LoadTally } from '../core/load-core-options.ts';
import { probeWatch } from './probe-watch.ts';
import { constantService, exponentialService, simulatedLab } from './testing/simulated-server.ts';

const question: ProbeQuestion = {
  targetQps: 1000,
  targetLatencyNs: 10e6,
  percentile: 0.99,
  minDurationMs: 1000,
  maxDurationMs: 60_000,
};

/** Feeds a watch with queries at an even rate. @returns after how many it was decided, and how */
function watched(
  change: Partial<ProbeQuestion>,
  latencyNs: (query: number) => number,
  queryCount = 60_000,
): { readonly decision: string; readonly queryCount: number } {
  const asked = { ...question, ...change };
  const watch = probeWatch(asked);
  const tally: LoadTally = {
    issuedCount: 0,
    completedCount: 0,
    failedCount: 0,
    lostCount: 0,
    lateCount: 0,
    duplicateCount: 0,
    unknownCount: 0,
    overLimitCount: 0,
    timedNs: 0,
    lastScheduledAtNs: 5e9,
  };
  for (let query = 0; query < queryCount; query += 1) {
    const takenNs = latencyNs(query);
    tally.issuedCount += 1;
    tally.completedCount += 1;
    tally.timedNs += takenNs;
    tally.lastScheduledAtNs += 1e9 / asked.targetQps;
    if (takenNs > asked.targetLatencyNs) tally.overLimitCount += 1;
    if (watch.isDecided(tally)) return { decision: watch.decision(), queryCount: query + 1 };
  }
  return { decision: watch.decision(), queryCount };
}

describe('the watch of a probe', () => {
  it('says that a rate holds as soon as it may, when nothing is late: 1 s at 1000 a second', () => {
    expect(watched({}, () => 1e6)).toEqual({ decision: 'holds', queryCount: 1024 });
  });

  it('waits for the count that proves it when the rate is low, and for the time when that is longer', () => {
    expect(watched({ targetQps: 50 }, () => 1e6)).toEqual({ decision: 'holds', queryCount: 704 });
    const { queryCount } = watched({ minDurationMs: 60_000 }, () => 1e6, 50_000);
    expect(queryCount).toBe(50_000);
  });

  it('breaks a rate at which everything is late within an eighth of the shortest probe or so', () => {
    const { decision, queryCount } = watched({}, () => 20e6);
    expect(decision).toBe('breaks');
    expect(queryCount).toBeLessThanOrEqual(256);
  });

  it('breaks a rate at which 3 of 100 are late, and does not decide on 1 of 100', () => {
    const late = (share: number): string =>
      watched({}, (query) =>
        Math.floor(query * share) > Math.floor((query - 1) * share) ? 20e6 : 1e6,
      ).decision;
    expect(late(0.03)).toBe('breaks');
    expect(late(0.01)).toBe('undecided');
    expect(late(0.004)).toBe('holds');
  });

  it('is not misled by one stall of 50 ms, also not at the beginning', () => {
    for (const at of [0, 100, 900]) {
      const { decision } = watched({}, (query) => (query >= at && query < at + 50 ? 20e6 : 1e6));
      expect(decision).not.toBe('breaks');
    }
  });

  it('does not let a rate hold while its latency grows towards the limit', () => {
    // 1 % above the capacity: 10 µs more with each query.
    const { decision, queryCount } = watched({ targetLatencyNs: 100e6 }, (query) => query * 1e4);
    expect(decision).toBe('breaks');
    expect(queryCount).toBeGreaterThan(10_000);
  });

  it('lets a rate hold whose latency drifts far below the limit', () => {
    const { decision, queryCount } = watched({}, (query) => 1e6 + query * 3);
    expect({ decision, queryCount }).toEqual({ decision: 'holds', queryCount: 1024 });
  });

  it('counts queries that wait for longer than the limit as late', () => {
    const watch = probeWatch(question);
    const tally: LoadTally = {
      issuedCount: 0,
      completedCount: 0,
      failedCount: 0,
      lostCount: 0,
      lateCount: 0,
      duplicateCount: 0,
      unknownCount: 0,
      overLimitCount: 0,
      timedNs: 0,
      lastScheduledAtNs: 0,
    };
    for (let query = 0; query < 1024; query += 1) {
      tally.issuedCount += 2;
      tally.completedCount += 1;
      tally.timedNs += 1e6;
      tally.lastScheduledAtNs += 1e6;
      watch.isDecided(tally);
    }
    expect(watch.decision()).toBe('undecided');
  });

  it('ends with the first lost query', () => {
    const watch = probeWatch(question);
    const none = {
      completedCount: 0,
      failedCount: 0,
      lateCount: 0,
      duplicateCount: 0,
      unknownCount: 0,
    };
    const lost = {
      issuedCount: 1,
      lostCount: 1,
      overLimitCount: 1,
      timedNs: 0,
      lastScheduledAtNs: 0,
    };
    expect(watch.isDecided({ ...none, ...lost })).toBe(true);
    expect(watch.decision()).toBe('breaks');
  });

  it('decides rightly far from the peak in 300 probes of each side', async () => {
    const probe = { ...question, targetLatencyNs: 50e6, minDurationMs: 2000 };
    for (let seed = 1; seed <= 300; seed += 1) {
      const server = seed % 2 === 0 ? constantService(0.001) : exponentialService(0.001);
      const lab = simulatedLab(server, seed);
      const below = await lab.runProbe({ ...probe, targetQps: 800 });
      const above = await lab.runProbe({ ...probe, targetQps: 1100 });
      expect([below.findings.decision, above.findings.decision]).toEqual(['holds', 'breaks']);
      expect(above.endedBy).toBe('decided');
      expect(above.findings.durationMs).toBeLessThan(5000);
    }
  }, 60_000);
});
