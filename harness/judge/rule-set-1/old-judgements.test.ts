import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { RunSettings } from '#harness/contracts/records/run-record.ts';

import { deriveResults } from '../derive-results.ts';
import { encodeQueryColumns, type QueryColumns } from '../raw/query-log-1.ts';
import { decodeQueryLog } from '../raw/query-log.ts';
import { judgeRun } from '../rules.ts';

/** Latencies with fractions; with trouble the last three are failed, lost, and lost with a late answer. */
function columnsOf(queryCount: number, isTroubled: boolean): QueryColumns {
  const latencyNs = Float64Array.from(
    { length: queryCount },
    (_, row) => 2e6 + ((row * 7919) % 1000) * 1234.5 + row * 0.1,
  );
  const status = new Uint32Array(queryCount);
  if (isTroubled) {
    status.set([1, 2, 2], queryCount - 3);
    latencyNs.set([Number.NaN, Number.NaN, 5e9], queryCount - 3);
  }
  return {
    queryCount,
    issuedAtNs: Float64Array.from({ length: queryCount }, (_, row) => row * 3e6 + 0.5),
    latencyNs,
    deviceDurationNs: new Float64Array(queryCount).fill(Number.NaN),
    sampleIndex: new Uint32Array(queryCount),
    status,
  };
}

const oldSettings: RunSettings = {
  scenario: 'single-stream',
  mode: 'performance',
  seed: 1,
  minDurationMs: 200,
  minQueryCount: 64,
  maxDurationMs: 10_000,
  queryDeadlineMs: 1000,
  percentile: 0.9,
  windowCount: 0,
  minWindowMs: 1000,
  accuracySampleCount: 0,
  accuracyMetric: 'top-1',
  accuracyAtLeast: 0.75,
  performanceSampleCount: 5,
  powerRequired: false,
};

/** SHA-256 of JSON {results, judged} as the version of Assay that had rule set 1 alone wrote it. */
const oldJudgements: readonly {
  readonly queryCount: number;
  readonly isTroubled: boolean;
  readonly change: Partial<RunSettings>;
  readonly sha256: string;
}[] = [
  {
    queryCount: 100,
    isTroubled: false,
    change: {},
    sha256: '8f8062919a380ad45f72f8cc2b5ff3e237f8fc5e7abfada79a2568c8d1ded9f9',
  },
  {
    queryCount: 50,
    isTroubled: true,
    change: {},
    sha256: '633cc51f0e1e5bbb0d9958db10802c27d7ca99338eaf35e99bc014269ea1d6b7',
  },
  {
    queryCount: 100,
    isTroubled: true,
    change: { scenario: 'offline' },
    sha256: 'ad6afa831a98d0323405d482da9ad07a36dbfcfad4933ddad110c5686dd973f2',
  },
  {
    queryCount: 3,
    isTroubled: false,
    change: { scenario: 'offline', minDurationMs: 10_000 },
    sha256: '59e42ccb30f2ffcedcd53afb5aae2908190a23bbc885b9895decedaa1e550410',
  },
  {
    queryCount: 100,
    isTroubled: false,
    change: { minDurationMs: 1000, minQueryCount: 500 },
    sha256: 'da72424aeac75265764fe8bff5547c0aac929f047d1a1f84f638ae2b7fa10794',
  },
  {
    queryCount: 2000,
    isTroubled: false,
    change: {},
    sha256: '49af361679959b2709559f69ff1cb4760c4fe499bcf01cb93abe38dce47c3b14',
  },
];

describe('a record of rule set 1', () => {
  it.each(oldJudgements)(
    'of $queryCount queries, trouble $isTroubled, is judged to the same bytes as then',
    ({ queryCount, isTroubled, change, sha256 }) => {
      const changed = { ...oldSettings, ...change };
      const raw = {
        queries: decodeQueryLog(encodeQueryColumns(columnsOf(queryCount, isTroubled))),
      };
      const results = deriveResults(raw, changed, []);
      const judged = judgeRun({ settings: changed, results, raw, wallClockStepMs: 3 });
      const text = JSON.stringify({ results, judged });
      expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
    },
  );
});
