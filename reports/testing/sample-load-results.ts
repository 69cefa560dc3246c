import type { LoadResult } from '#harness/contracts/records/load-results.ts';
import type { Results, RunRecord, RunSettings } from '#harness/contracts/records/run-record.ts';
import { queryLogMagic } from '#harness/judge/raw/query-log-file.ts';
import { decodeQueryLog } from '#harness/judge/raw/query-log.ts';
import {
  queryRowByteCount,
  queryRowWordCount,
  rowStatus,
  writeQueryRow,
  type QueryRow,
} from '#harness/judge/raw/query-row.ts';
import type { RawEvidence } from '#harness/judge/raw/raw-evidence.ts';

import { seededChance, seededNormal } from './seeded-chance.ts';

const queryRate = 1200;
const loadStartNs = 2e9;

/** The settings of a server run as a job, a suite and the rule set made them. */
export const sampleServerSettings: RunSettings = {
  scenario: 'server',
  mode: 'performance',
  seed: 7,
  minDurationMs: 10_000,
  minQueryCount: 1000,
  maxDurationMs: 60_000,
  queryDeadlineMs: 2000,
  percentile: 0.99,
  windowCount: 0,
  minWindowMs: 1000,
  accuracySampleCount: 200,
  accuracyMetric: 'top-1',
  accuracyAtLeast: 0.85,
  performanceSampleCount: 25,
  powerRequired: false,
  order: 'reference',
  selection: 'normal',
  seeds: { qsl: '2085463073848966840', sampleIndex: '2747215439041700203', schedule: '16159' },
  samplesPerQuery: 1,
  targetQps: queryRate,
  targetLatencyNs: 15_000_000,
  outstandingCountMax: 65_536,
  provenance: {
    minDurationMs: 'job',
    minQueryCount: 'suite',
    maxDurationMs: 'suite',
    queryDeadlineMs: 'suite',
    percentile: 'rule-set',
    windowCount: 'rule-set',
    order: 'job',
    selection: 'default',
    seeds: 'job',
    samplesPerQuery: 'rule-set',
    performanceSampleCount: 'suite',
    targetQps: 'job',
    targetLatencyNs: 'suite',
    outstandingCountMax: 'default',
  },
};

/** A record of rule set 2 around these settings and results. */
export function sampleLoadRecord(
  settings: RunSettings,
  results: Results,
  change: Partial<RunRecord> = {},
): RunRecord {
  return {
    recordVersion: '1',
    runId: 'run-demo-01kpcz5g2m7d3x9q4t',
    jobId: 'job-demo-01kpcz5f8c2w6h1r0b',
    attempt: 1,
    lab: { id: 'demo', name: 'Assay demo lab', place: 'Hsinchu' },
    stationId: 'bench-1',
    board: {
      id: 'host-1',
      name: 'This host',
      maker: 'Example Computers',
      driver: 'dut/host-onnx',
      identity: null,
    },
    suite: {
      id: 'keyword-spotting',
      version: '1.0.0',
      title: 'Keyword spotting',
      modelSha256: '3f'.repeat(32),
      modelArchitecture: 'DS-CNN, int8 input 49 × 10 × 1, 10 classes',
      datasetId: 'synthetic-keywords',
      datasetVersion: '1',
      datasetSha256: 'a7'.repeat(32),
    },
    instruments: [],
    settings,
    ruleSet: 'assay-rules-2',
    clock: {
      startedAtUtc: '2026-04-17T09:30:05.120Z',
      endedAtUtc: '2026-04-17T09:30:28.230Z',
      wallClockStepMs: 0.4,
    },
    software: {
      assay: '0.1.0',
      node: 'v24.20.0',
      inference: 'onnxruntime-node 1.30.0',
      operatingSystem: 'Linux 6.1 (Debian 12)',
      processor: 'AMD EPYC 7B13, 2 cores',
    },
    phases: [],
    link: null,
    results,
    rules: [],
    verdict: 'pass',
    error: null,
    files: [],
    salt: '00112233445566778899aabbccddeeff',
    ...change,
  };
}

/** The evidence of a load with these rows, as the log writer leaves it. */
export function sampleLoadEvidence(rows: readonly QueryRow[]): RawEvidence {
  const magic = Buffer.from(queryLogMagic, 'latin1');
  const words = new Uint32Array(rows.length * queryRowWordCount);
  for (const [place, row] of rows.entries()) writeQueryRow(words, place * queryRowWordCount, row);
  const body = new Uint8Array(words.buffer, 0, rows.length * queryRowByteCount);
  return { queries: decodeQueryLog(Buffer.concat([magic, body])) };
}

/** Queries of a server at 1200 per second, of 3 ms and more; every 4000th is lost, and one of these is late. */
export function sampleServerRows(queryCount: number): QueryRow[] {
  const chance = seededChance(11);
  const rows: QueryRow[] = [];
  let scheduledAtNs = loadStartNs;
  for (let query = 0; query < queryCount; query += 1) {
    const tailNs = chance() < 0.015 ? chance() * 1.4e7 : 0;
    const latencyNs = Math.round(3e6 * Math.exp(0.3 * seededNormal(chance)) + tailNs);
    const issueDelayNs = Math.round(600 * Math.exp(0.9 * seededNormal(chance)));
    const isLost = query % 4000 === 3999;
    rows.push({
      scheduledAtNs,
      issueDelayNs: query === 5 ? 0 : issueDelayNs,
      latencyNs: isLost ? Number.NaN : latencyNs,
      status: isLost ? rowStatus.lost : rowStatus.completed,
    });
    if (query === 3999)
      rows.push({ scheduledAtNs, issueDelayNs, latencyNs: 2.5e9, status: rowStatus.late });
    scheduledAtNs += Math.round((-Math.log(1 - chance()) * 1e9) / queryRate);
  }
  return rows;
}

function ranked(values: readonly number[]): (share: number) => number {
  const sorted = values.toSorted((left, right) => left - right);
  return (share) => sorted[Math.floor(sorted.length * share)] ?? 0;
}

/** What a server result says of these rows, good enough for pictures; reports do not compute. */
export function sampleServerResults(rows: readonly QueryRow[], limitNs: number): Results {
  const issued = rows.filter(({ status }) => status <= rowStatus.lost);
  const completed = issued.filter(({ status }) => status === rowStatus.completed);
  const latencyAt = ranked(completed.map(({ latencyNs }) => latencyNs));
  const delayAt = ranked(issued.map(({ issueDelayNs }) => issueDelayNs));
  const lastScheduledAtNs = Math.max(...issued.map((row) => row.scheduledAtNs)) - loadStartNs;
  const timedNs = completed.reduce((sum, { latencyNs }) => sum + latencyNs, 0);
  const perSecond = ((issued.length - 1) * 1e9) / Math.max(1, lastScheduledAtNs);
  const lostCount = issued.length - completed.length;
  const over = completed.filter(({ latencyNs }) => latencyNs > limitNs).length + lostCount;
  const load: LoadResult = {
    queryCount: issued.length,
    completedCount: completed.length,
    failedCount: 0,
    lostCount,
    lateCount: rows.filter(({ status }) => status === rowStatus.late).length,
    duplicateCount: 0,
    unknownCount: 0,
    overLimitCount: over,
    timedNs,
    lastScheduledAtNs,
    scheduledPerSecond: perSecond,
    completedPerSecond: perSecond * 0.9998,
    outstandingAtEndCount: 4,
    issueDelay: {
      p50Ns: delayAt(0.5),
      p90Ns: delayAt(0.9),
      p99Ns: delayAt(0.99),
      p999Ns: delayAt(0.999),
      maxNs: delayAt(1 - 1e-9),
    },
  };
  return {
    load,
    latency: {
      queryCount: completed.length,
      failedQueryCount: lostCount,
      minNs: latencyAt(0),
      meanNs: timedNs / completed.length,
      p50Ns: latencyAt(0.5),
      p90Ns: latencyAt(0.9),
      p95Ns: latencyAt(0.95),
      p97Ns: latencyAt(0.97),
      p99Ns: latencyAt(0.99),
      p999Ns: latencyAt(0.999),
      maxNs: latencyAt(1 - 1e-9),
      earlyStopping: { percentile: 0.99, met: true, latencyNs: null, queriesNeeded: 0 },
    },
    throughput: {
      samplesPerSecond: perSecond * 0.9998,
      basis: 'completed-rate',
      windowSamplesPerSecond: [],
    },
  };
}
