import { randomBytes } from 'node:crypto';

import { Value } from 'typebox/value';

import type { ErrorRecord } from '#harness/contracts/error-record.ts';
import type { PhaseSpan, RunRecord, Verdict } from '#harness/contracts/records/run-record.ts';
import type { RunOutcome } from '#harness/contracts/run-event.ts';
import type { WorkEnding } from '#harness/engine/run-state.ts';
import { ruleSetVersion } from '#harness/judge/rule-set.ts';
import { assert } from '#harness/kernel/assert.ts';
import { utcText } from '#harness/kernel/utc-text.ts';
import { sealBundle } from '#reports/evidence/seal-bundle.ts';
import { openLabKeys } from '#reports/signing/lab-keys.ts';
import { openSuitePool } from '#suites/runtime/suite-pool.ts';

import { JudgedBundleSchema, type JudgeRequest } from './judge-bundle.ts';
import type { RunBench } from './run-bench.ts';
import { softwareVersions } from './software-versions.ts';
import { writeEvidence } from './write-evidence.ts';

/** A record that the hashes of its files are still missing from. */
type RecordDraft = Omit<RunRecord, 'files'>;

/** How the work ended, and the phases that it went through. */
export interface CollectedWork {
  readonly ending: WorkEnding;
  readonly spans: readonly PhaseSpan[];
}

function configurationOf(bench: RunBench): string {
  const { board, instrument, suite, settings, order, lab } = bench;
  const device = { ...board, driver: board.driver.id };
  const meter = instrument === undefined ? null : { ...instrument, driver: instrument.driver.id };
  return JSON.stringify(
    { lab: lab.config.lab, order, board: device, instrument: meter, suite, settings },
    undefined,
    2,
  );
}

/** What the raw files on the disk say, worked out in the pool; a run that broke off has no number. */
async function judged(
  ending: WorkEnding,
  request: JudgeRequest,
  signal: AbortSignal,
): Promise<Pick<RunRecord, 'results' | 'rules' | 'verdict' | 'error'>> {
  if (ending.kind !== 'measured') {
    const error: ErrorRecord | null = ending.kind === 'failed' ? ending.error : null;
    return { results: {}, rules: [], verdict: brokenVerdict(error), error };
  }
  await using pool = openSuitePool({ threadCount: 1 });
  const moduleUrl = new URL('judge-bundle.ts', import.meta.url).href;
  const answer = await pool.run({ moduleUrl, exportName: 'judgeBundle' }, request, signal);
  assert(Value.Check(JudgedBundleSchema, answer), 'the pool answers with a judged bundle');
  return { ...answer, error: null };
}

/** Only valid data can fail a limit; a measurement that broke off is inconclusive, everything else an error. */
function brokenVerdict(error: ErrorRecord | null): Verdict {
  if (error === null) return 'aborted';
  return error.class === 'measurement' ? 'inconclusive' : 'error';
}

async function recordDraft(
  bench: RunBench,
  work: CollectedWork,
  signal: AbortSignal,
): Promise<RecordDraft> {
  const { ending, spans } = work;
  const { order, board, suite, instrument, settings, clock, found, lab } = bench;
  const endedAtUtcMs = clock.utcMs();
  const wallClockStepMs = endedAtUtcMs - bench.startedAtUtcMs - clock.nowNs() / 1e6;
  const identity = found.instrumentIdentity;
  return {
    recordVersion: '1',
    runId: order.runId,
    jobId: order.jobId,
    attempt: order.attempt,
    lab: { ...lab.config.lab },
    stationId: board.stationId,
    board: {
      id: board.id,
      name: board.name,
      maker: board.maker,
      driver: board.driver.id,
      identity: found.identity ?? null,
    },
    suite: {
      id: suite.id,
      version: suite.version,
      title: suite.title,
      modelSha256: suite.model.sha256,
      modelArchitecture: suite.model.architecture,
      datasetId: suite.dataset.id,
      datasetVersion: suite.dataset.version,
      datasetSha256: suite.dataset.sha256,
    },
    instruments:
      instrument === undefined || identity === undefined
        ? []
        : [{ id: instrument.id, driver: instrument.driver.id, ...identity }],
    settings,
    ruleSet: ruleSetVersion,
    clock: {
      startedAtUtc: utcText(bench.startedAtUtcMs),
      endedAtUtc: utcText(endedAtUtcMs),
      wallClockStepMs,
    },
    software: softwareVersions(bench.inference.version),
    phases: [...spans],
    link: found.counters ?? null,
    ...(found.deviceClock === undefined ? {} : { deviceClock: found.deviceClock }),
    ...(found.resumed === undefined ? {} : { resumed: found.resumed }),
    ...(found.recovery.length === 0 ? {} : { recovery: found.recovery }),
    ...(await judged(
      ending,
      { bundleDir: order.bundleDir, settings, phases: spans, wallClockStepMs },
      signal,
    )),
    salt: randomBytes(16).toString('hex'),
  };
}

/**
 * Derives the results from the raw files as they are on the disk, judges them, and seals the bundle; a report is
 * made when there is a verdict on the device.
 */
export async function collectRun(
  bench: RunBench,
  work: CollectedWork,
  signal: AbortSignal,
): Promise<Omit<RunOutcome, 'boardSafe' | 'outcome'>> {
  const { bundleDir } = bench.order;
  writeEvidence(bundleDir, 'configuration.json', configurationOf(bench));
  const { ending } = work;
  const record = await recordDraft(bench, work, signal);
  const keys = await openLabKeys({
    stateDir: bench.lab.stateDir,
    labName: bench.lab.config.lab.name,
    clock: bench.clock,
  });
  const sealed = await sealBundle({
    dir: bundleDir,
    record,
    keys,
    withReport: ending.kind === 'measured',
  });
  return {
    verdict: record.verdict,
    results: ending.kind === 'measured' ? record.results : null,
    error: record.error,
    recordSha256: sealed.recordSha256,
    reportPath: sealed.reportPath,
  };
}
