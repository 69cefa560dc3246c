import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { startCli } from '#harness/cli/testing/cli-process.ts';
import { queryLogMagic } from '#harness/judge/raw/query-log-file.ts';
import { queryRowWordCount, rowStatus, writeQueryRow } from '#harness/judge/raw/query-row.ts';
import type { RecordedJudgement } from '#harness/judge/recorded/recorded-judgement.ts';

import { judgeLatencies } from './judge-latencies.ts';

const dir = mkdtempSync(join(tmpdir(), 'assay-judge-'));
afterAll(() => rmSync(dir, { recursive: true }));

let fileCount = 0;
function fileOf(content: string | Uint8Array): string {
  fileCount += 1;
  const path = join(dir, `file-${fileCount}`);
  writeFileSync(path, content);
  return path;
}

function int64(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigInt64LE(BigInt(value), 8 * index);
  return bytes;
}

const ms = 1e6;
const stream = { scenario: 'single-stream', minDurationMs: 0, minQueryCount: 1 };
/** Official seeds of the sheet: its first gaps at 100 queries/s are known. */
const server = {
  scenario: 'server',
  mode: 'performance',
  order: 'reference',
  selection: 'normal',
  seeds: {
    qsl: '2085463073848966840',
    sampleIndex: '2747215439041700203',
    schedule: '16159082839903944936',
  },
  librarySampleCount: 1024,
  performanceSampleCount: 1024,
  minDurationMs: 0,
  minQueryCount: 1,
  targetQps: 100,
  targetLatencyNs: 10 * ms,
};

function judge(settings: object, latencies: unknown): Promise<RecordedJudgement> {
  const content = latencies instanceof Uint8Array ? latencies : JSON.stringify(latencies);
  return judgeLatencies(fileOf(JSON.stringify(settings)), fileOf(content));
}

/** 1 to 100 microseconds, in no order. */
const hundred = Array.from({ length: 100 }, (_, index) => (((index * 37) % 100) + 1) * 1000);

describe('a recorded stream', () => {
  it('has the percentiles sorted[floor(n p)], an integer mean, and the t-th largest latency', async () => {
    const judged = await judge(stream, hundred);
    expect(judged.percentiles).toEqual({
      p50: 51_000,
      p90: 91_000,
      p95: 96_000,
      p97: 98_000,
      p99: 100_000,
      p99_9: 100_000,
    });
    expect(judged.latency).toEqual({ minNs: 1000, meanNs: 50_500, maxNs: 100_000 });
    // At p90 100 queries are at least 64 and 81 and less than h(4) + 4: t is 3.
    expect(judged.earlyStopping).toEqual({
      percentile: 0.9,
      met: true,
      valueNs: 98_000,
      queriesNeeded: 0,
      overCount: 3,
    });
    expect(judged.metric).toEqual({
      name: 'early-stopping p90 latency',
      value: 98_000,
      unit: 'ns',
    });
    expect(judged.validity).toMatchObject({ valid: true, reasons: [] });
    expect(judged.rates['queriesPerSecondWithoutOverhead']).toBeCloseTo(1e9 / 50_500, 9);
    expect(judged.rates['queriesPerSecondWithOverhead']).toBeCloseTo(
      (99 * 1e9) / (5_050_000 - (hundred.at(-1) ?? 0)),
      6,
    );
    expect(judged.assumptions).toContain(
      'no issue instants: each query was issued when the one before it completed',
    );
  });

  it('divides the mean as whole numbers', async () => {
    const judged = await judge(stream, [1, 2, 2]);
    expect(judged.latency?.meanNs).toBe(1);
    expect(judged.rates['queriesPerSecondWithoutOverhead']).toBe(1e9);
  });

  it('of 63 queries needs one more, and is not valid', async () => {
    const judged = await judge(stream, hundred.slice(0, 63));
    expect(judged.earlyStopping).toMatchObject({ met: false, valueNs: null, queriesNeeded: 1 });
    expect(judged.metric.value).toBeNull();
    expect(judged.validity.reasons).toEqual([
      {
        rule: 'early-stopping-met',
        met: false,
        measured: 63,
        limit: 64,
        distance: 1,
        unit: 'queries',
        next: { setting: 'minQueryCount', value: 64 },
        advice:
          '1 more queries are needed, at least. Set minQueryCount to 64, and issue that many.',
      },
    ]);
  });

  it('lasts until its last issue', async () => {
    const rows = hundred.map((latencyNs, index) => ({ latencyNs, issuedNs: 500 + index * ms }));
    const judged = await judge({ ...stream, minDurationMs: 100 }, rows);
    expect(judged.validity.reasons).toMatchObject([
      { rule: 'min-duration', measured: 99, limit: 100, distance: 1, unit: 'ms' },
    ]);
    expect(judged.assumptions).toEqual(['targetPercentile is that of the scenario']);
  });

  it('of many samples a query has the percentile 0.99 and 8 samples', async () => {
    const judged = await judge({ ...stream, scenario: 'multi-stream' }, Array(662).fill(2 * ms));
    expect(judged.metric).toMatchObject({ name: 'early-stopping p99 latency', value: 2 * ms });
    expect(judged.counts).toMatchObject({ queries: 662, samples: 5296 });
    expect(judged.rates['samplesPerSecond']).toBe(4000);
  });

  it('counts a query without a completion as lost', async () => {
    const judged = await judge(stream, [...hundred, null]);
    expect(judged.counts).toMatchObject({ queries: 101, completed: 100, lost: 1 });
    expect(judged.validity.reasons.map(({ rule }) => rule)).toEqual(['no-failed-queries']);
  });
});

describe('a recorded server load', () => {
  it('without instants takes the schedule of its seeds: the gaps of the sheet', async () => {
    const judged = await judge({ ...server, minDurationMs: 50 }, [ms, ms, ms, ms]);
    const lastScheduledNs = 18_436_540 + 4_579_236 + 12_858_623;
    expect(judged.rates['scheduledPerSecond']).toBeCloseTo((3 * 1e9) / lastScheduledNs, 9);
    expect(judged.rates['completedPerSecond']).toBeCloseTo((3 * 1e9) / (lastScheduledNs + ms), 9);
    expect(judged.validity.reasons.map(({ rule }) => rule)).toEqual([
      'min-duration',
      'early-stopping-met',
    ]);
    expect(judged.validity.reasons[0]?.measured).toBe(lastScheduledNs / 1e6);
  });

  it.each([
    { count: 458, slowCount: 0, met: false, needed: 1 },
    { count: 459, slowCount: 0, met: true, needed: 0 },
    { count: 661, slowCount: 1, met: false, needed: 1 },
    { count: 662, slowCount: 1, met: true, needed: 0 },
    { count: 838, slowCount: 2, met: true, needed: 0 },
  ])('of $count queries with $slowCount over the limit needs $needed more', async (row) => {
    const latencies = Array.from({ length: row.count }, (_, index) =>
      index < row.slowCount ? 10 * ms + 1 : 10 * ms,
    );
    const { earlyStopping, overLatencyCount, validity } = await judge(server, latencies);
    expect(earlyStopping).toMatchObject({
      met: row.met,
      queriesNeeded: row.needed,
      overCount: row.slowCount,
    });
    expect(overLatencyCount).toBe(row.slowCount);
    expect(validity.valid).toBe(row.met);
  });

  it('over its limit at the percentile is asked for a lower rate, by both rules alike', async () => {
    const latencies = Array.from({ length: 1000 }, (_, index) => (index < 10 ? 12 : 2) * ms);
    const { validity } = await judge(server, { latenciesNs: latencies });
    expect(validity.reasons.map(({ rule }) => rule)).toEqual([
      'latency-limit',
      'early-stopping-met',
    ]);
    const [first, second] = validity.reasons;
    expect(first).toMatchObject({ measured: 12, limit: 10, distance: 2, unit: 'ms' });
    expect(first?.next).toEqual(second?.next);
    expect(first?.next?.value).toBeLessThan(100);
  });

  it('judges tokens: sheet arithmetic of TTFT and TPOT, first tokens as instants or as durations', async () => {
    const settings = { ...server, ttftTargetNs: 30 * ms, tpotTargetNs: 9 * ms };
    const rows = Array.from({ length: 459 }, (_, index) => ({
      scheduledNs: index * 10 * ms,
      latencyNs: 101 * ms,
      ttftNs: 20 * ms,
      tokenCount: 10,
    }));
    const judged = await judge(settings, rows);
    expect(judged.validity.valid).toBe(true);
    expect(judged.tokens).toMatchObject({
      tokenCount: 4590,
      ttft: { minNs: 20 * ms, p99: 20 * ms },
      tpot: { minNs: 9 * ms, meanNs: 9 * ms },
      earlyStopping: { ttft: { met: true }, tpot: { met: true } },
    });
    expect(judged.metric).toEqual({
      name: 'completed tokens per second',
      value: (4590 * 1e9) / (4580 * ms + 101 * ms),
      unit: 'tokens/s',
    });
    const instants = rows.map(({ ttftNs, ...row }) => ({
      ...row,
      firstTokenNs: row.scheduledNs + ttftNs,
    }));
    const again = await judge(settings, instants);
    expect(again.tokens).toEqual(judged.tokens);
    const tight = await judge({ ...settings, tpotTargetNs: 9 * ms - 1 }, rows);
    expect(tight.validity.reasons.map(({ rule }) => rule)).toEqual([
      'tpot-limit',
      'early-stopping-met',
    ]);
  });

  it('states early stopping of the times of tokens of a stream, as for its latencies', async () => {
    const rows = hundred.map((ttftNs) => ({ latencyNs: 2 * ttftNs, ttftNs, tokenCount: 3 }));
    const { tokens, earlyStopping } = await judge(stream, rows);
    expect(earlyStopping.valueNs).toBe(196_000);
    expect(tokens?.earlyStopping).toMatchObject({
      ttft: { met: true, valueNs: 98_000, overCount: 3 },
      tpot: { met: true, valueNs: 49_000, overCount: 3 },
    });
    const few = await judge(stream, rows.slice(0, 63));
    expect(few.tokens?.earlyStopping?.tpot).toMatchObject({ met: false, queriesNeeded: 1 });
  });

  it('takes the instants of issue where it has no schedule, and says so', async () => {
    const { targetQps: _rate, ...settings } = server;
    const issuedNs = [0, 10 * ms, 30 * ms];
    const judged = await judge(settings, { issuedNs, completedNs: issuedNs.map((at) => at + ms) });
    expect(judged.latency).toEqual({ minNs: ms, meanNs: ms, maxNs: ms });
    expect(judged.rates['completedPerSecond']).toBeCloseTo((2 * 1e9) / (31 * ms), 9);
    expect(judged.assumptions).toContain(
      'no scheduled instants: each query was issued when it was due',
    );
  });

  it('needs a rate only where the schedule must be made', async () => {
    const { targetQps: _rate, ...settings } = server;
    await expect(judge(settings, [ms])).rejects.toThrow('targetQps: missing');
    const judged = await judge(settings, [{ latencyNs: ms, scheduledNs: 0 }]);
    expect(judged.counts.completed).toBe(1);
  });

  it('refuses limits of tokens for data without tokens', async () => {
    await expect(judge({ ...server, ttftTargetNs: 1 }, [1, 2])).rejects.toThrow('limits of tokens');
  });
});

describe('a recorded offline load', () => {
  it('is samples over the largest latency, and lasts as long as that', async () => {
    const settings = { ...stream, scenario: 'offline', minDurationMs: 4000, minQueryCount: 4 };
    const judged = await judge(settings, [1e9, 4e9, 3e9, 2e9]);
    expect(judged.metric).toEqual({ name: 'samples per second', value: 1, unit: 'samples/s' });
    expect(judged.counts).toMatchObject({ queries: 1, samples: 4 });
    expect(judged.validity.valid).toBe(true);
    const short = await judge(settings, [1e9, 2e9, 3e9]);
    expect(short.validity.reasons.map(({ rule }) => rule)).toEqual([
      'min-duration',
      'min-query-count',
    ]);
  });
});

describe('a file of latencies', () => {
  it('may be int64 of more than one block, objects, lists or a query log of ours: all say the same', async () => {
    const latencies = Array.from({ length: 70_000 }, (_, index) => 1000 + ((index * 7919) % 5003));
    const words = new Uint32Array(latencies.length * queryRowWordCount);
    let atNs = 0;
    for (const [index, latencyNs] of latencies.entries()) {
      const row = { scheduledAtNs: atNs, issueDelayNs: 0, latencyNs, status: rowStatus.completed };
      writeQueryRow(words, index * queryRowWordCount, row);
      atNs += latencyNs;
    }
    const log = Buffer.concat([Buffer.from(queryLogMagic, 'latin1'), new Uint8Array(words.buffer)]);
    const all = [
      int64(latencies),
      latencies,
      latencies.map((latencyNs) => ({ latencyNs })),
      { latenciesNs: latencies },
      log,
    ];
    const answers = await Promise.all(all.map((content) => judge(stream, content)));
    const [first, ...others] = answers.map(({ assumptions: _assumptions, ...judged }) => judged);
    for (const other of others) expect(other).toEqual(first);
    expect(first?.counts.completed).toBe(70_000);
  });

  it('may be empty: then nothing is valid', async () => {
    for (const content of [[], { latenciesNs: [] }]) {
      const judged = await judge(stream, content);
      expect(judged.latency).toBeNull();
      expect(judged.validity.reasons.map(({ rule }) => rule)).toEqual([
        'min-query-count',
        'early-stopping-met',
      ]);
    }
  });

  it('may hold a negative zero', async () => {
    const judged = await judgeLatencies(fileOf(JSON.stringify(stream)), fileOf('[-0, 1, -0.0]'));
    expect(judged.latency).toEqual({ minNs: 0, meanNs: 0, maxNs: 1 });
  });

  it('says when completions contradict latencies', async () => {
    const lists = { latenciesNs: [2, 2], issuedNs: [0, 5] };
    const ignored = 'completedNs is ignored: it contradicts the latencies, which are given';
    const same = await judge(stream, { ...lists, completedNs: [2, 7] });
    expect(same.assumptions).not.toContain(ignored);
    const other = await judge(stream, { ...lists, completedNs: [2, 9] });
    expect(other.assumptions).toContain(ignored);
    expect(other.latency?.maxNs).toBe(2);
  });

  it.each([
    { content: '[1e400]', message: 'query 0 is Infinity, over 2^53-1' },
    { content: '[{"completedNs":5}]', message: 'what they count from' },
    { content: '[{"latencyNs":5,"ttftNs":6}]', message: 'first token after its completion' },
    { content: '[{"latencyNs":5,"tokenCount":4294967296}]', message: 'over 4294967295' },
    { content: int64([-1, 5]), message: 'value 0 is no latency' },
    { content: int64([5]).subarray(0, 7), message: '7 bytes' },
    { content: 'no JSON', message: 'JSON' },
    { content: '[1,-2]', message: 'query 1 is -2' },
    { content: '[1,"2"]', message: 'query 1 is "2"' },
    { content: '[{"latency":1}]', message: 'query 0 has the unknown key latency' },
    { content: '{"latenciesNs":[1],"issuedNs":[1,2]}', message: 'issuedNs has 2 values' },
    { content: '{"latencies":[1]}', message: 'unknown list latencies' },
    { content: '[{"issuedNs":5}]', message: 'neither latencies nor completions' },
    { content: '7', message: 'neither a list nor an object' },
    { content: int64([5, -1]), message: 'value 1 is no latency' },
    { content: int64([5, 6]).subarray(0, 12), message: '12 bytes' },
    { content: `${queryLogMagic}123`, message: 'ends inside row 0' },
  ])('is refused when it is wrong: $message', async ({ content, message }) => {
    const settings = fileOf(JSON.stringify(stream));
    await expect(judgeLatencies(settings, fileOf(content))).rejects.toThrow(message);
  });
});

describe('assay loadgen judge', () => {
  const settings = fileOf(JSON.stringify(stream));
  const run = (...args: string[]) => startCli(['loadgen', 'judge', ...args]).ended;

  it('exits with 0 for a valid load and 1 for one that is not, as JSON and in words', async () => {
    const valid = await run(
      '--settings',
      settings,
      '--latencies',
      fileOf(JSON.stringify(hundred)),
      '--json',
    );
    expect(valid.exitCode).toBe(0);
    expect(JSON.parse(valid.stdout)).toMatchObject({
      metric: { value: 98_000 },
      validity: { valid: true },
    });
    const few = await run('--settings', settings, '--latencies', fileOf('[1,2,3]'));
    expect(few.exitCode).toBe(1);
    expect(few.stdout).toContain('early-stopping-met: 3 queries, limit 64 queries, 61 away.');
    expect(few.stdout.trimEnd().split('\n').at(-1)).toBe('INVALID');
  });

  it('exits with 2 for a file that it cannot read', async () => {
    const { exitCode, stderr } = await run(
      '--settings',
      settings,
      '--latencies',
      join(dir, 'none'),
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('loadgen/latencies-invalid');
  });
});
