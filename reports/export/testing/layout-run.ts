import type {
  LatencyResult,
  Results,
  RunRecord,
  RunSettings,
  Scenario,
} from '#harness/contracts/records/run-record.ts';
import type { AccuracyEntry } from '#harness/judge/raw/accuracy-log.ts';
import { earlyStoppingOverCount } from '#harness/judge/statistics/early-stopping.ts';

import type { ExportRun } from '../export-run.ts';
import { queryLogOf, type TestRow } from './query-log-of.ts';

/** A load of 10 minutes for tests, its sets as large as the rules want of the benchmark it stands for. */
interface LoadShape {
  readonly benchmark: string;
  readonly queryCount: number;
  readonly periodNs: number;
  readonly latencyNs: number;
  readonly setSize: number;
  readonly librarySize: number;
  readonly settings: Partial<RunSettings>;
}

const unet = { benchmark: '3d-unet-99', setSize: 43, librarySize: 43 };
const yolo = { benchmark: 'yolo-95', setSize: 64, librarySize: 1525 };

/** 301 = 7 passes of 43 samples; 774 = 18 passes. */
const shapes: Readonly<Record<Exclude<Scenario, 'find-peak'>, LoadShape>> = {
  'single-stream': {
    ...unet,
    queryCount: 301,
    periodNs: 2e9,
    latencyNs: 1.999e9,
    settings: { selection: 'equal-issue', percentile: 0.9 },
  },
  'multi-stream': {
    ...yolo,
    queryCount: 774,
    periodNs: 0.8e9,
    latencyNs: 0.799e9,
    settings: { samplesPerQuery: 8, percentile: 0.99 },
  },
  server: {
    ...yolo,
    queryCount: 1201,
    periodNs: 0.5e9,
    latencyNs: 40e6,
    settings: { percentile: 0.99, targetQps: 2, targetLatencyNs: 60e6 },
  },
  offline: {
    ...yolo,
    queryCount: 30_000,
    periodNs: 0,
    latencyNs: 605e9,
    settings: { percentile: 0.99 },
  },
};

const loadStartNs = 5e9;

function rowsOf(scenario: Scenario, shape: LoadShape): TestRow[] {
  const { queryCount, periodNs, latencyNs } = shape;
  return Array.from({ length: queryCount }, (_, place) => ({
    scheduledAtNs: loadStartNs + place * periodNs,
    latencyNs:
      scenario === 'offline'
        ? Math.round((latencyNs * (place + 1)) / queryCount)
        : latencyNs + (place % 97) * 1000,
  }));
}

function latencyOf(rows: readonly TestRow[], percentile: number, stream: boolean): LatencyResult {
  const sorted = Float64Array.from(rows, ({ latencyNs }) => latencyNs).toSorted();
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  const overCount = earlyStoppingOverCount(percentile, sorted.length) ?? 0;
  return {
    queryCount: sorted.length,
    failedQueryCount: 0,
    minNs: sorted[0] ?? 0,
    meanNs: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p50Ns: at(0.5),
    p90Ns: at(0.9),
    p95Ns: at(0.95),
    p97Ns: at(0.97),
    p99Ns: at(0.99),
    p999Ns: at(0.999),
    maxNs: sorted.at(-1) ?? 0,
    earlyStopping: {
      percentile,
      met: true,
      latencyNs: stream ? (sorted[sorted.length - overCount] ?? 0) : null,
      queriesNeeded: 0,
    },
  };
}

function loadOf(scenario: Scenario, shape: LoadShape): NonNullable<Results['load']> {
  const { queryCount, periodNs } = shape;
  const lastScheduledAtNs = (queryCount - 1) * periodNs;
  const perSecond = ((queryCount - 1) * 1e9) / lastScheduledAtNs;
  return {
    queryCount,
    completedCount: queryCount,
    failedCount: 0,
    lostCount: 0,
    lateCount: 0,
    duplicateCount: 0,
    unknownCount: 0,
    timedNs: queryCount * shape.latencyNs,
    lastScheduledAtNs,
    ...(scenario === 'server'
      ? { overLimitCount: 0, scheduledPerSecond: perSecond, completedPerSecond: perSecond * 0.9999 }
      : {}),
  };
}

function resultsOf(scenario: Scenario, shape: LoadShape, rows: readonly TestRow[]): Results {
  const stream = scenario === 'single-stream' || scenario === 'multi-stream';
  const latency = latencyOf(rows, shape.settings.percentile ?? 0.9, stream);
  return {
    accuracy: {
      metric: 'top-1',
      value: 0.875,
      correctCount: Math.round(shape.librarySize * 0.875),
      sampleCount: shape.librarySize,
      atLeast: 0.8,
    },
    latency,
    ...(scenario === 'offline'
      ? {
          throughput: {
            samplesPerSecond: (shape.queryCount * 1e9) / latency.maxNs,
            basis: 'offline',
            windowSamplesPerSecond: [],
          },
        }
      : {}),
    load: loadOf(scenario, shape),
  };
}

function settingsOf(scenario: Scenario, shape: LoadShape): RunSettings {
  return {
    scenario,
    mode: 'both',
    seed: 0,
    minDurationMs: 600_000,
    minQueryCount: 100,
    maxDurationMs: 1_200_000,
    queryDeadlineMs: 10_000,
    windowCount: 0,
    minWindowMs: 0,
    accuracySampleCount: shape.librarySize,
    accuracyMetric: 'top-1',
    accuracyAtLeast: 0.8,
    performanceSampleCount: shape.setSize,
    powerRequired: false,
    order: 'portable',
    selection: 'normal',
    seeds: { qsl: '18446744073709551615', sampleIndex: '2', schedule: '3' },
    ...shape.settings,
    percentile: shape.settings.percentile ?? 0.9,
  };
}

function identityOf(
  scenario: Scenario,
): Omit<RunRecord, 'settings' | 'results' | 'files' | 'rules'> {
  return {
    recordVersion: '1',
    runId: `run-demo-${scenario}`,
    jobId: `job-demo-${scenario}`,
    attempt: 1,
    lab: { id: 'demo', name: 'Assay demo lab', place: 'Hsinchu' },
    stationId: 'bench-1',
    board: { id: 'board-a', name: 'Demo board A', maker: 'Works', driver: 'dut/x', identity: null },
    suite: {
      id: 'keyword-spotting',
      version: '1.0.0',
      title: 'Keyword spotting',
      modelSha256: '3f'.repeat(32),
      modelArchitecture: 'DS-CNN',
      datasetId: 'synthetic-keywords',
      datasetVersion: '1',
      datasetSha256: 'a7'.repeat(32),
    },
    instruments: [],
    ruleSet: 'assay-rules-2',
    clock: {
      startedAtUtc: '2026-04-17T09:30:05.120Z',
      endedAtUtc: '2026-04-17T09:41:18.230Z',
      wallClockStepMs: 0.4,
    },
    software: {
      assay: '0.2.0',
      node: 'v24.20.0',
      inference: 'onnxruntime-node 1.30.0',
      operatingSystem: 'Linux 6.1',
      processor: 'AMD EPYC 7B13',
    },
    phases: [{ phase: 'measuring', startedAtNs: 1e9, endedAtNs: 620e9 }],
    link: null,
    verdict: 'pass',
    error: null,
    salt: '00112233445566778899aabbccddeeff',
  };
}

const metRules: RunRecord['rules'] = ['min-duration', 'min-query-count'].map((rule) => ({
  rule,
  kind: 'validity',
  met: true,
  measured: 1,
  limit: 1,
  unit: 'ms',
  advice: '',
}));

/** Answers of so many numbers each. */
function answers(count: number, outputSize: number): AccuracyEntry[] {
  return Array.from({ length: count }, (_, sampleIndex) => ({
    sampleIndex,
    output: Float32Array.from({ length: outputSize }, (_value, place) => sampleIndex + place / 8),
  }));
}

/**
 * A run of 10 minutes that a tree in order is made of, and the official benchmark that it stands for.
 *
 * @param change - alters the record
 */
export function layoutRun(
  scenario: Exclude<Scenario, 'find-peak'>,
  options: {
    readonly outputSize?: number;
    readonly change?: (record: RunRecord) => RunRecord;
  } = {},
): { readonly run: ExportRun; readonly benchmark: string } {
  const shape = shapes[scenario];
  const rows = rowsOf(scenario, shape);
  const record: RunRecord = {
    ...identityOf(scenario),
    settings: settingsOf(scenario, shape),
    results: resultsOf(scenario, shape, rows),
    rules: metRules,
    files: [],
  };
  const run: ExportRun = {
    record: options.change?.(record) ?? record,
    queries: queryLogOf(rows),
    accuracy: answers(shape.librarySize, options.outputSize ?? 1),
    librarySampleCount: shape.librarySize,
  };
  return { run, benchmark: shape.benchmark };
}

/** What a person adds about the system, so that its description is in order. */
export const addedSystem = {
  status: 'rdi',
  system_type: 'edge',
  host_processor_core_count: 2,
} as const;
