import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decideInterval, type AuditDecision } from './decision.ts';
import { pairedRatio, pairsNeeded, type LegPair, type RatioEstimate } from './paired-ratio.ts';
import { seededNoise } from './testing/seeded-noise.ts';

const within = { atLeast: 0.9, atMost: 1.1 };

/** Legs of about 1 ms in ABBA order. */
interface Simulation {
  readonly pairCount?: number;
  /** Audit over base. */
  readonly ratio?: number;
  /** Standard deviation of a leg, as a share. */
  readonly noise?: number;
  /** Factor from each leg to the next. */
  readonly driftPerLeg?: number;
  readonly seed?: number;
}

function simulated(simulation: Simulation): LegPair[] {
  const { pairCount = 8, ratio = 1, noise = 0.01, driftPerLeg = 1, seed = 1 } = simulation;
  const normal = seededNoise(seed);
  const legNs = (place: number, factor: number): number =>
    1e6 * factor * driftPerLeg ** place * Math.exp(noise * normal());
  return Array.from({ length: pairCount }, (_, pair) => {
    const baseFirst = pair % 2 === 0;
    const [base, audit] = baseFirst ? [2 * pair, 2 * pair + 1] : [2 * pair + 1, 2 * pair];
    return { baseNs: legNs(base, 1), auditNs: legNs(audit, ratio), baseFirst };
  });
}

function estimated(simulation: Simulation): RatioEstimate {
  const estimate = pairedRatio(simulated(simulation), 0.99);
  if (estimate === undefined) throw new Error('too few pairs');
  return estimate;
}

function decisions(simulation: Simulation, runCount: number): Record<AuditDecision, number> {
  const counts = { passed: 0, failed: 0, inconclusive: 0 };
  for (let seed = 1; seed <= runCount; seed += 1)
    counts[decideInterval(estimated({ ...simulation, seed }), within)] += 1;
  return counts;
}

describe('paired ratio', () => {
  it('is 1.05 with no width for legs without noise, and p is 0', () => {
    const estimate = estimated({ ratio: 1.05, noise: 0 });
    expect(estimate.value).toBeCloseTo(1.05, 12);
    expect(estimate.upper - estimate.lower).toBeLessThan(1e-9);
    expect(estimate.pValue).toBeLessThan(1e-9);
    expect(estimated({ ratio: 1, noise: 0 })).toMatchObject({ value: 1, pValue: 1 });
  });

  it('has the t-interval of a textbook with pairs of one order', () => {
    // ln ratios 0, 0.02, 0.04: mean 0.02, standard error 0.02 / sqrt(3), t(0.95, 2) = 4.303.
    const pairs = [0, 0.02, 0.04].map((logRatio) => ({
      baseNs: 1e6,
      auditNs: 1e6 * Math.exp(logRatio),
      baseFirst: true,
    }));
    const estimate = pairedRatio(pairs, 0.95);
    expect(Math.log(estimate?.value ?? 0)).toBeCloseTo(0.02, 12);
    expect(Math.log(estimate?.upper ?? 0)).toBeCloseTo(0.02 + (4.303 * 0.02) / Math.sqrt(3), 5);
    // t = sqrt(3), 2 degrees: P[|T| > t] = 1 - sqrt(3 / 5).
    expect(estimate?.pValue).toBeCloseTo(1 - Math.sqrt(0.6), 10);
  });

  it('tells nothing from 2 pairs in ABBA order, and something from 3', () => {
    expect(pairedRatio(simulated({ pairCount: 2 }), 0.99)).toBeUndefined();
    expect(pairedRatio([], 0.99)).toBeUndefined();
    expect(pairedRatio(simulated({ pairCount: 3 }), 0.99)).toBeDefined();
  });

  it('takes out a drift of any strength: neither value nor interval move', () => {
    const pairCount = fc.integer({ min: 3, max: 12 });
    const drift = fc.double({ min: 0.8, max: 1.25, noNaN: true });
    fc.assert(
      fc.property(
        pairCount,
        drift,
        fc.integer({ min: 1, max: 1e6 }),
        (pairs, driftPerLeg, seed) => {
          const still = estimated({ pairCount: pairs, ratio: 1.03, seed });
          const drifting = estimated({ pairCount: pairs, ratio: 1.03, seed, driftPerLeg });
          expect(drifting.value / still.value).toBeCloseTo(1, 9);
          expect(drifting.lower / still.lower).toBeCloseTo(1, 9);
          expect(drifting.driftPerLeg / still.driftPerLeg).toBeCloseTo(driftPerLeg, 9);
        },
      ),
    );
  });

  it('turns over when base and audit are swapped', () => {
    const pairs = simulated({ ratio: 1.07 });
    const swapped = pairs.map(({ baseNs, auditNs, baseFirst }) => ({
      baseNs: auditNs,
      auditNs: baseNs,
      baseFirst: !baseFirst,
    }));
    const [one, other] = [pairedRatio(pairs, 0.99), pairedRatio(swapped, 0.99)];
    expect((one?.value ?? 0) * (other?.value ?? 0)).toBeCloseTo(1, 12);
    expect((one?.lower ?? 0) * (other?.upper ?? 0)).toBeCloseTo(1, 12);
  });

  it('covers the true ratio in about 99 % of 2000 runs', () => {
    let coveredCount = 0;
    for (let seed = 1; seed <= 2000; seed += 1) {
      const { lower, upper } = estimated({ ratio: 1.04, noise: 0.02, driftPerLeg: 1.01, seed });
      if (lower <= 1.04 && upper >= 1.04) coveredCount += 1;
    }
    expect(coveredCount).toBeGreaterThanOrEqual(1965);
    expect(coveredCount).toBeLessThanOrEqual(1995);
  });

  it('never fails an honest device in 200 runs of 2 % noise and 1 % drift a leg, and passes it in all', () => {
    // Seen: 2 % noise 200 passed; 5 % 86 passed, 114 open; 8 % 11 passed, 189 open; none failed: false alarms 0 of 600.
    expect(decisions({ noise: 0.02, driftPerLeg: 1.01 }, 200)).toMatchObject({ failed: 0 });
    expect(decisions({ noise: 0.02, driftPerLeg: 1.01 }, 200).passed).toBeGreaterThan(190);
    expect(decisions({ noise: 0.05, driftPerLeg: 1.01 }, 200).failed).toBe(0);
  });

  it('passes a device that is at the limit in at most 1 % of 1000 runs', () => {
    // The interval is two-sided: 0.5 % is what it promises.
    expect(decisions({ ratio: 1.1, noise: 0.01 }, 1000).passed).toBeLessThanOrEqual(12);
    expect(decisions({ ratio: 0.9, noise: 0.01 }, 1000).passed).toBeLessThanOrEqual(12);
  });

  it('fails a device that is 25 % faster in 200 of 200 runs', () => {
    expect(decisions({ ratio: 0.75, noise: 0.02 }, 200).failed).toBe(200);
  });

  it('says how many pairs would decide, an even number above the present one, and they mostly do', () => {
    const noisy = { pairCount: 4, noise: 0.04 };
    let [openCount, decidedCount] = [0, 0];
    for (let seed = 1; seed <= 100; seed += 1) {
      const needed = pairsNeeded(estimated({ ...noisy, seed }), within);
      if (needed === undefined) continue;
      expect(needed % 2).toBe(0);
      expect(needed).toBeGreaterThan(4);
      openCount += 1;
      const next = estimated({ ...noisy, pairCount: needed, seed: seed + 1000 });
      if (decideInterval(next, within) !== 'inconclusive') decidedCount += 1;
    }
    expect(openCount).toBeGreaterThan(50);
    expect(decidedCount / openCount).toBeGreaterThan(0.5);
  });

  it('names no number of pairs when the ratio is at the limit, or when it is decided', () => {
    const atLimit = { ...estimated({ noise: 0.02 }), value: 1.1, lower: 1.05, upper: 1.15 };
    expect(pairsNeeded(atLimit, within)).toBeUndefined();
    expect(pairsNeeded(estimated({ noise: 0.001 }), within)).toBeUndefined();
  });
});

describe('decide interval', () => {
  it.each([
    [{ lower: 0.9, upper: 1.1 }, within, 'passed'],
    [{ lower: 0.89, upper: 1 }, within, 'inconclusive'],
    [{ lower: 0.8, upper: 1.2 }, within, 'inconclusive'],
    [{ lower: 0.7, upper: 0.89 }, within, 'failed'],
    [{ lower: 1.11, upper: 1.2 }, within, 'failed'],
    [{ lower: 1.5, upper: 9 }, { atLeast: 0.9, atMost: null }, 'passed'],
    [{ lower: 0.1, upper: 1.04 }, { atLeast: null, atMost: 1.05 }, 'passed'],
    [{ lower: 1.06, upper: 1.07 }, { atLeast: null, atMost: 1.05 }, 'failed'],
    [{ lower: -Infinity, upper: Infinity }, within, 'inconclusive'],
  ] as const)('%j against %j is %s', (interval, limits, decision) => {
    expect(decideInterval(interval, limits)).toBe(decision);
  });
});
