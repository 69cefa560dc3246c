import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RunRecordSchema, type RunRecord } from '#harness/contracts/records/run-record.ts';
import { openQueryLogFile } from '#reports/evidence/query-log-file.ts';

import { finishRun, type JobTerms } from '../testing/finish-run.ts';
import { verifyEvidence } from '../verify.ts';

let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'assay-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** The sealed record of one run, whose every number `verify` has derived again. */
async function verifiedRecord(
  terms: JobTerms,
  boardFaults?: readonly string[],
): Promise<RunRecord> {
  const isHost = terms.boardId === 'host-1';
  const { outcome, bundleDir } = await finishRun(
    {
      dir,
      withMeter: false,
      withSimulators: !isHost,
      ...(boardFaults === undefined ? {} : { boardFaults }),
    },
    terms,
  );
  expect(outcome.error).toBeNull();
  expect(outcome.outcome).toBe('completed');
  const report = await verifyEvidence(bundleDir, { trustedKeyIds: [] });
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(report).toMatchObject({ ok: true, differences: [] });
  return Value.Parse(
    RunRecordSchema,
    JSON.parse(readFileSync(join(bundleDir, 'record.json'), 'utf8')),
  );
}

function ruleOf(record: RunRecord, name: string): RunRecord['rules'][number] | undefined {
  return record.rules.find(({ rule }) => rule === name);
}

describe('a run on this host', { timeout: 60_000 }, () => {
  it('server: arrivals of the schedule, latency from the scheduled instant, a limit', async () => {
    const load = { targetQps: 400, targetLatencyMs: 1000, minDurationMs: 1500, minQueryCount: 500 };
    const terms = { boardId: 'host-1', scenario: 'server', mode: 'performance', load } as const;
    const record = await verifiedRecord(terms);
    const { results, settings } = record;
    expect(record.verdict).toBe('pass');
    expect(settings.provenance).toMatchObject({ targetQps: 'job', percentile: 'rule-set' });
    expect(results.load?.queryCount).toBeGreaterThanOrEqual(500);
    expect(results.load).toMatchObject({ failedCount: 0, lostCount: 0, overLimitCount: 0 });
    expect(results.throughput?.basis).toBe('completed-rate');
    expect(results.load?.issueDelay?.maxNs).toBeGreaterThan(0);
    expect(ruleOf(record, 'latency-limit')).toMatchObject({ kind: 'limit', met: true });
  });

  it('server over its limit fails with a rate to use next', async () => {
    const load = { targetQps: 300, targetLatencyMs: 0.001, minDurationMs: 300 };
    const terms = { boardId: 'host-1', scenario: 'server', mode: 'performance', load } as const;
    const record = await verifiedRecord(terms);
    expect(record.verdict).not.toBe('pass');
    expect(ruleOf(record, 'latency-limit')?.met).toBe(false);
    expect(ruleOf(record, 'latency-limit')?.distance).toBeGreaterThan(0);
  });

  it.each(['multi-stream', 'offline'] as const)(
    '%s passes in reference order',
    async (scenario) => {
      const load = { order: 'reference', minDurationMs: 200, minQueryCount: 662 } as const;
      const terms = { boardId: 'host-1', scenario, mode: 'performance', load } as const;
      const record = await verifiedRecord(terms);
      expect(record.verdict).toBe('pass');
      expect(record.settings).toMatchObject({ order: 'reference', scenario });
      expect(record.results.latency?.queryCount).toBeGreaterThanOrEqual(662);
    },
  );

  it('find-peak brackets the highest rate and keeps the rows of every probe', async () => {
    const load = {
      targetLatencyMs: 20,
      peakStartQps: 500,
      peakResolution: 0.3,
      probeMinDurationMs: 300,
      probeMaxDurationMs: 2000,
      probeCountMax: 12,
    };
    const terms = { boardId: 'host-1', scenario: 'find-peak', mode: 'performance', load } as const;
    const record = await verifiedRecord(terms);
    expect(record.results.peak?.probes.length).toBeGreaterThan(1);
    const peakQps = record.results.peak?.peakQps ?? 0;
    expect(peakQps).toBeGreaterThan(0);
    expect(record.files.filter(({ path }) => path.startsWith('raw/probes/')).length).toBe(
      record.results.peak?.probes.length,
    );
  });

  it.each(['real-results', 'no-caching', 'other-seeds'] as const)(
    'the audit %s compares interleaved legs',
    async (audit) => {
      const load = { minDurationMs: 1000, pairCount: 4 };
      const terms = { boardId: 'host-1', mode: 'compliance', audit, load } as const;
      const { results } = await verifiedRecord(terms);
      expect(results.audit?.audit).toBe(audit);
      expect(results.audit?.legs).toHaveLength(8);
      expect(results.audit?.decision).not.toBe('failed');
      const differingCount = audit === 'real-results' ? 0 : undefined;
      expect(results.audit?.answers?.differingCount).toBe(differingCount);
    },
  );
});

describe('a run that is killed in mid-load', { timeout: 60_000 }, () => {
  it('keeps the queries that completed, readable, and says how many', async () => {
    const load = { targetQps: 500, targetLatencyMs: 1000, minDurationMs: 20_000 };
    const terms = { boardId: 'host-1', scenario: 'server', mode: 'performance', load } as const;
    const options = { dir, withMeter: false, withSimulators: false };
    let reportedCount = 0;
    const { outcome, bundleDir } = await finishRun(options, terms, (event, { pid }) => {
      if (event.type !== 'progress' || event.step !== 'performance' || reportedCount > 0) return;
      if (event.doneCount < 200) return;
      reportedCount = event.doneCount;
      process.kill(pid, 'SIGKILL');
    });
    expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'run/child-died' } });
    using log = openQueryLogFile(join(bundleDir, 'raw/queries.bin'));
    expect(outcome.error?.message).toContain(`partial: ${log.rowCount} rows of its load are kept`);
    let completedCount = 0;
    log.scan((block) => {
      completedCount += block.status
        .subarray(0, block.rowCount)
        .filter((status) => status === 0).length;
    });
    expect(completedCount).toBeGreaterThanOrEqual(reportedCount - 50);
  });
});

describe('a run on the simulated board', { timeout: 60_000 }, () => {
  it('server over the wire: loads the sample within the latency', async () => {
    const load = { targetQps: 150, targetLatencyMs: 500, minDurationMs: 1000, minQueryCount: 20 };
    const record = await verifiedRecord({ scenario: 'server', mode: 'performance', load });
    expect(record.results.load).toMatchObject({ failedCount: 0, lostCount: 0, overLimitCount: 0 });
    expect(ruleOf(record, 'latency-limit')?.met).toBe(true);
  });
});
