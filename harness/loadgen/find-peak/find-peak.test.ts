import { describe, expect, it } from 'vitest';

import type { PeakProbe } from '#harness/contracts/records/load-results.ts';
import type { PeakSettings } from '#harness/contracts/records/load-settings.ts';

import { findPeak, type FoundPeak } from './find-peak.ts';
import {
  constantService,
  exponentialService,
  simulatedLab,
  type SimulatedLab,
  type SimulatedServer,
} from './testing/simulated-server.ts';

const settings: PeakSettings = {
  startQps: 100,
  resolution: 0.05,
  probeMinDurationMs: 2000,
  probeMaxDurationMs: 60_000,
  probeCountMax: 40,
};
const percentile = 0.99;
const targetLatencyNs = 50e6;
const { signal } = new AbortController();

interface Search {
  readonly found: FoundPeak;
  readonly lab: SimulatedLab;
}

async function search(
  server: SimulatedServer,
  seed: number,
  change: Partial<PeakSettings> = {},
): Promise<Search> {
  const lab = simulatedLab(server, seed);
  const { runProbe } = lab;
  const all = { ...settings, ...change };
  const found = await findPeak({ settings: all, percentile, targetLatencyNs, runProbe, signal });
  return { found, lab };
}

/** Doubles until a probe of full length does not hold, then halves the gap. @returns seconds that it took */
async function plainSearchSeconds(server: SimulatedServer, seed: number): Promise<number> {
  const lab = simulatedLab(server, seed, false);
  const lengths = {
    minDurationMs: settings.probeMaxDurationMs,
    maxDurationMs: settings.probeMaxDurationMs,
  };
  const holdsAt = async (targetQps: number): Promise<boolean> => {
    const question = { targetQps, targetLatencyNs, percentile, ...lengths };
    return (await lab.runProbe(question)).findings.decision === 'holds';
  };
  let [low, high] = [0, settings.startQps];
  while (await holdsAt(high)) [low, high] = [high, high * 2];
  while (high - low > settings.resolution * low) {
    const middle = (low + high) / 2;
    if (await holdsAt(middle)) low = middle;
    else high = middle;
  }
  return lab.probeCount() * (settings.probeMaxDurationMs / 1000);
}

/** P[latency > limit] = 1 % of an M/M/1 queue with 1000/s: exp(-(1000 - rate) limit). */
const exponentialPeakQps = 1000 - Math.log(100) / 0.05;
/** The same of an M/D/1 queue, by the pole of its Pollaczek-Khinchine transform. */
const constantPeakQps = 954.1;

describe.each([
  { name: 'exponential', server: exponentialService(0.001), peakQps: exponentialPeakQps },
  { name: 'constant', server: constantService(0.001), peakQps: constantPeakQps },
])('the search for the peak of a device with $name times, 100 seeds', ({ server, peakQps }) => {
  it('is never more than the resolution too high, rarely more too low, and 4 times quicker than bisecting', async () => {
    const ratios: number[] = [];
    let [seconds, fullCount] = [0, 0];
    for (let seed = 1; seed <= 100; seed += 1) {
      const { found, lab } = await search(server, seed);
      expect(found.because).toBe('resolved');
      ratios.push((found.result.peakQps ?? 0) / peakQps);
      seconds += lab.probeSeconds() / 100;
      const full = found.result.probes.filter(({ durationMs }) => durationMs > 54_000);
      fullCount += full.length / 100;
    }
    expect(ratios.filter((ratio) => ratio > 1.05)).toEqual([]);
    expect(ratios.filter((ratio) => ratio < 0.95).length).toBeLessThanOrEqual(15);
    expect(Math.min(...ratios)).toBeGreaterThan(0.89);
    const plainSeconds = await plainSearchSeconds(server, 1);
    expect(plainSeconds / seconds).toBeGreaterThan(4);
    expect(fullCount).toBeLessThan(2);
  }, 120_000);
});

describe('the search for the peak', () => {
  const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

  it.each([
    { name: 'far too high', startQps: 100_000 },
    { name: 'far too low', startQps: 0.5 },
    { name: 'at the peak', startQps: 954 },
  ])('comes to the peak from a start $name', async ({ startQps }) => {
    for (const seed of seeds) {
      const { found } = await search(constantService(0.001), seed, { startQps });
      expect(found.result.peakQps).toBeGreaterThan(0.92 * constantPeakQps);
      expect(found.result.peakQps).toBeLessThan(1.05 * constantPeakQps);
    }
  });

  it('ends without a peak when the device alone is slower than the limit', async () => {
    for (const startQps of [100, 50_000]) {
      const slow: SimulatedServer = { serviceSeconds: () => 0.001, delaySeconds: 0.08 };
      const { found } = await search(slow, 1, { startQps });
      expect(found.because).toBe('nothing-holds');
      expect(found.result.peakQps).toBeNull();
      expect(found.result.breaksAtQps).toBeLessThan(10);
    }
  });

  it.each([
    { name: 'from the start', worksUntil: 0 },
    { name: 'after a while', worksUntil: 4 },
  ])('ends soon, without a peak, when the device fails every query $name', async (device) => {
    const lab = simulatedLab(constantService(0.001), 1);
    const runProbe: typeof lab.runProbe = async (question) => {
      const outcome = await lab.runProbe(question);
      if (lab.probeCount() <= device.worksUntil) return outcome;
      const { queryCount } = outcome.findings;
      const nothing = { overLimitCount: queryCount, meanLatencyNs: NaN, completedPerSecond: 0 };
      const findings = { ...outcome.findings, ...nothing, decision: 'breaks' } as const;
      return { ...outcome, percentileNs: null, endedBy: 'decided', findings };
    };
    const found = await findPeak({ settings, percentile, targetLatencyNs, runProbe, signal });
    expect(found.because).toBe('nothing-holds');
    expect(found.result.peakQps).toBeNull();
    expect(lab.probeCount() - device.worksUntil).toBeLessThanOrEqual(10);
  });

  it('is not misled by a noisy device', async () => {
    const noisy: SimulatedServer = {
      serviceSeconds: (_at, unit) => 0.0005 + unit() * 0.001,
      delaySeconds: 0.005,
    };
    for (const seed of seeds) {
      const { found } = await search(noisy, seed);
      expect(found.result.peakQps).toBeGreaterThan(850);
      expect(found.result.peakQps).toBeLessThan(990);
    }
  });

  it('of a device that stalls for 100 ms every 20 s is not the rate of a probe that met a stall', async () => {
    const stalling: SimulatedServer = {
      serviceSeconds: (at) => (at % 20 < 0.1 ? 0.1 - (at % 20) : 0.001),
    };
    for (const seed of seeds) {
      const { found } = await search(stalling, seed);
      // At 3/4 of the capacity 1 % of the queries meet the stall or its backlog.
      expect(found.result.peakQps).toBeGreaterThan(600);
      expect(found.result.peakQps).toBeLessThan(850);
    }
  });

  it.each([20, 40])(
    'forgets what held before the device became half as fast, after %i s',
    async (at) => {
      const slowing: SimulatedServer = { serviceSeconds: (now) => (now < at ? 0.001 : 0.002) };
      for (const seed of seeds) {
        const { found } = await search(slowing, seed);
        expect(found.result.peakQps).toBeGreaterThan(400);
        expect(found.result.peakQps).toBeLessThan(500);
      }
    },
  );

  it('ends when its probes are spent, with what it knows', async () => {
    const { found } = await search(constantService(0.001), 1, { probeCountMax: 4 });
    expect(found.because).toBe('probe-count');
    expect(found.result.probes).toHaveLength(4);
    expect(found.result.peakQps).toBeGreaterThan(0);
    expect(found.result.breaksAtQps).toBeGreaterThan(found.result.peakQps ?? Infinity);
  });

  it('tells each probe as it ends, and the highest rate that held was probed for the full length', async () => {
    const lab = simulatedLab(constantService(0.001), 3);
    const told: PeakProbe[] = [];
    const { runProbe } = lab;
    const { result } = await findPeak({
      settings,
      percentile,
      targetLatencyNs,
      runProbe,
      signal,
      onProbe: (probe) => told.push(probe),
    });
    expect(told).toEqual(result.probes);
    expect(result.confidence).toBe(0.98);
    const confirming = told.filter(
      ({ targetQps, durationMs, decision }) =>
        targetQps === result.peakQps && durationMs > 54_000 && decision === 'holds',
    );
    expect(confirming.length).toBeGreaterThan(0);
    expect((result.breaksAtQps ?? 0) / (result.peakQps ?? 1)).toBeLessThanOrEqual(1.05);
  });

  it('throws the reason of its signal', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    const { runProbe } = simulatedLab(constantService(0.001), 1);
    const searching = findPeak({
      settings,
      percentile,
      targetLatencyNs,
      runProbe,
      signal: stopped,
    });
    await expect(searching).rejects.toThrow('stopped');
  });
});
