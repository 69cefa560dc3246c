import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { probeDecision, type ProbeDecision } from './probe-decision.ts';

/** P[Binomial(n, 1 - k/100) <= t] * 100^n, exactly. */
function scaledCdf(n: number, t: number, k: bigint): bigint {
  let sum = 0n;
  let choose = 1n;
  for (let hits = 0; hits <= t; hits += 1) {
    sum += choose * (100n - k) ** BigInt(hits) * k ** BigInt(n - hits);
    choose = (choose * BigInt(n - hits)) / BigInt(hits + 1);
  }
  return sum;
}

function exactDecision(n: number, t: number, k: bigint): ProbeDecision {
  const whole = 100n ** BigInt(n);
  if (scaledCdf(n, t, k) * 100n <= whole) return 'holds';
  const over = t === 0 ? whole : whole - scaledCdf(n, t - 1, k);
  return over * 100n <= whole ? 'breaks' : 'undecided';
}

describe('probeDecision', () => {
  it('holds and breaks exactly where the direct sums of the binomial distribution do', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 60, max: 98 }),
        fc.nat(60),
        (queryCount, k, t) => {
          const overCount = Math.min(t, queryCount);
          expect(probeDecision({ queryCount, overCount, percentile: k / 100 })).toBe(
            exactDecision(queryCount, overCount, BigInt(k)),
          );
        },
      ),
    );
  });

  it.each([
    { queryCount: 0, overCount: 0, decision: 'undecided' },
    { queryCount: 458, overCount: 0, decision: 'undecided' },
    { queryCount: 459, overCount: 0, decision: 'holds' },
    { queryCount: 662, overCount: 1, decision: 'holds' },
    { queryCount: 13, overCount: 2, decision: 'breaks' },
    { queryCount: 50, overCount: 2, decision: 'undecided' },
    { queryCount: 10_000_000, overCount: 99_000, decision: 'holds' },
    { queryCount: 10_000_000, overCount: 101_000, decision: 'breaks' },
    { queryCount: 10_000_000, overCount: 100_000, decision: 'undecided' },
  ])('at p99 says $decision of $overCount over the limit among $queryCount', (row) => {
    const { queryCount, overCount, decision } = row;
    expect(probeDecision({ queryCount, overCount, percentile: 0.99 })).toBe(decision);
  });
});
