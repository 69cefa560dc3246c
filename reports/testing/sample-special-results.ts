import type { AuditResult, AuditSettings } from '#harness/contracts/records/audit-record.ts';
import type {
  PeakProbe,
  PeakResult,
  Percentiles,
  TokenResult,
} from '#harness/contracts/records/load-results.ts';

type ProbeRow = readonly [
  targetQps: number,
  queryCount: number,
  overLimitCount: number,
  percentileMs: number | null,
  decision: PeakProbe['decision'],
  endedEarly: boolean,
];

const probeRows: readonly ProbeRow[] = [
  [500, 5012, 0, 5.1, 'holds', true],
  [1000, 10_031, 2, 6.4, 'holds', true],
  [2000, 812, 402, 380, 'breaks', true],
  [1500, 15_010, 21, 9.8, 'holds', true],
  [1750, 17_493, 88, 13.2, 'holds', true],
  [1875, 9120, 310, 24, 'breaks', true],
  [1812, 54_360, 540, 15.4, 'undecided', false],
  [1780, 17_812, 121, 14.1, 'holds', true],
  [1830, 402, 211, null, 'breaks', true],
];

/** A search of nine probes between 500 and 2000 queries per second: 1780 holds, 1830 breaks. */
export const samplePeak: PeakResult = {
  peakQps: 1780,
  breaksAtQps: 1830,
  confidence: 0.99,
  probes: probeRows.map(
    ([targetQps, queryCount, overLimitCount, percentileMs, decision, endedEarly], place) => ({
      file: `raw/probes/${String(place + 1).padStart(3, '0')}.bin`,
      targetQps,
      queryCount,
      overLimitCount,
      durationMs: (queryCount * 1000) / targetQps,
      percentileNs: percentileMs === null ? null : percentileMs * 1e6,
      decision,
      endedEarly,
    }),
  ),
};

/** How the sample audit is run. */
export const sampleAuditSettings: AuditSettings = {
  audit: 'no-caching',
  version: '1',
  pairCount: 3,
  legMinDurationMs: 2000,
  legMinQueryCount: 500,
  confidence: 0.95,
  ratioAtLeast: 0.9,
  ratioAtMost: null,
  sampledAnswerCount: 100,
  valueTolerance: 1e-6,
  sameIndex: 3,
  seeds: [],
  endTokenId: null,
  meanTokensAtLeast: null,
  meanTokensAtMost: null,
  rule: 'Passed when the whole interval of the ratio lies at or above 0.9, not passed when all of it lies below, else inconclusive.',
};

/** An audit of three pairs that passed. */
export const sampleAudit: AuditResult = {
  audit: 'no-caching',
  decision: 'passed',
  reason: 'The interval from 0.991 to 1.005 lies at or above the limit of 0.9.',
  legs: [3.101, 3.094, 3.112, 3.105, 3.099, 3.097].map((meanMs, place) => ({
    role: place % 2 === 0 ? 'base' : 'audit',
    file: `raw/legs/${String(place + 1).padStart(2, '0')}.bin`,
    queryCount: 640 + place,
    meanLatencyNs: meanMs * 1e6,
    comparedNs: meanMs * 1e6,
  })),
  ratio: {
    value: 0.998,
    lower: 0.991,
    upper: 1.005,
    confidence: 0.95,
    pValue: 0.51,
    basis: 'mean-latency',
    pairCount: 3,
  },
  answers: { comparedCount: 98, differingCount: 0, largestDifference: 0 },
  tokens: null,
};

function percentilesAround(centreNs: number): Percentiles {
  return {
    minNs: centreNs * 0.7,
    meanNs: centreNs * 1.05,
    p50Ns: centreNs,
    p90Ns: centreNs * 1.4,
    p95Ns: centreNs * 1.6,
    p97Ns: centreNs * 1.8,
    p99Ns: centreNs * 2.2,
    p999Ns: centreNs * 3,
    maxNs: centreNs * 4,
  };
}

/** Answers of 128 tokens each: the first after 200 ms, the others every 18 ms. */
export const sampleTokens: TokenResult = {
  tokenCount: 1_536_000,
  tokensPerSecond: 15_360.5,
  ttft: percentilesAround(200e6),
  tpot: percentilesAround(18e6),
  ttftEarlyStoppingMet: true,
  tpotEarlyStoppingMet: false,
  ttftQueryCount: 12_000,
  tpotQueryCount: 12_000,
  ttftOverCount: 12,
  tpotOverCount: 240,
};
