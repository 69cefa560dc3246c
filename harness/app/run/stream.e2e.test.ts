import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { loadLabConfig } from '#harness/config/load-lab-config.ts';
import { RunRecordSchema, type RunRecord } from '#harness/contracts/records/run-record.ts';
import type { RunEvent, RunOutcome } from '#harness/contracts/run-event.ts';

import { startSimulators } from '../lab/simulators.ts';
import { writeWakewordLab } from '../testing/wakeword-lab.ts';
import { verifyEvidence } from '../verify.ts';
import { executeRun } from './execute-run.ts';

let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'assay-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

interface StreamRun {
  readonly outcome: RunOutcome;
  readonly events: readonly RunEvent[];
  readonly bundleDir: string;
}

/** One run of the wake-word suite on the simulated bench. */
async function runStream(bench: readonly string[]): Promise<StreamRun> {
  const configPath = writeWakewordLab({ dir, bench });
  const lab = await loadLabConfig(configPath);
  await using simulators = await startSimulators(lab, AbortSignal.timeout(20_000));
  void simulators;
  const bundleDir = join(dir, 'bundle');
  const events: RunEvent[] = [];
  const order = {
    runId: 'run-1',
    jobId: 'job-1',
    attempt: 1,
    configPath,
    boardId: 'sww-1',
    suiteId: 'streaming-wakeword',
    scenario: 'single-stream',
    mode: 'both',
    seed: 1,
    bundleDir,
  } as const;
  const outcome = await executeRun(
    order,
    (event) => events.push(event),
    AbortSignal.timeout(50_000),
  );
  return { outcome, events, bundleDir };
}

/** The sealed record, whose every number `verify` has derived again. */
async function verifiedRecord({ bundleDir }: StreamRun): Promise<RunRecord> {
  const report = await verifyEvidence(bundleDir, { trustedKeyIds: [] });
  expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(report).toMatchObject({ ok: true, differences: [] });
  const text = readFileSync(join(bundleDir, 'record.json'), 'utf8');
  return Value.Parse(RunRecordSchema, JSON.parse(text));
}

describe('a run of the wake-word suite', { timeout: 60_000 }, () => {
  it('passes with 46 of 50 words heard and 3 false detections, and verify derives the same', async () => {
    const run = await runStream(['--missed=4', '--extra=3', '--frame-us=18000']);
    expect(run.outcome).toMatchObject({
      outcome: 'completed',
      verdict: 'pass',
      boardSafe: true,
      error: null,
    });
    const record = await verifiedRecord(run);
    expect(record.results.stream).toMatchObject({
      wordCount: 50,
      truePositiveCount: 46,
      falseNegativeCount: 4,
      falsePositiveCount: 3,
    });
    expect(record.results.stream?.dutyCycle?.dutyCycle).toBeCloseTo(18 / 32, 2);
    expect(record.settings.stream).toMatchObject({ toleranceMs: 2000, wordCount: 50 });
    expect(Object.keys(record.results)).toEqual(['stream']);
    expect(record.files.map(({ path }) => path)).toContain('raw/stream.json');
    expect(run.events.some((event) => event.type === 'progress' && event.step === 'stream')).toBe(
      true,
    );
  });

  it('fails on the limit with 9 missed words, and says which rule', async () => {
    const run = await runStream(['--missed=9']);
    expect(run.outcome).toMatchObject({ outcome: 'completed', verdict: 'fail' });
    const record = await verifiedRecord(run);
    const unmet = record.rules.filter(({ met }) => !met);
    expect(unmet).toMatchObject([
      { rule: 'false-negatives', kind: 'limit', measured: 9, limit: 8, distance: 1 },
    ]);
  });

  it('has no number when no GPIO edge ever fires, but a wiring error', async () => {
    const dead = ['--fault=no-detection-edge', '--fault=no-processing-edge'];
    const { outcome } = await runStream(dead);
    expect(outcome).toMatchObject({
      outcome: 'failed',
      results: null,
      error: { code: 'dut/edge-missing', class: 'station' },
      boardSafe: true,
    });
  });
});
