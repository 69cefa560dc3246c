import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ErrorCode } from '#harness/contracts/error-catalogue.ts';
import { RunRecordSchema } from '#harness/contracts/records/run-record.ts';
import type { RunEvent } from '#harness/contracts/run-event.ts';
import { keywordSpotting } from '#suites/keyword-spotting/keyword-spotting.ts';

import { projectDir, type FastLabOptions } from '../testing/fast-lab.ts';
import { finishRun as finishFastRun, type FinishedRun } from '../testing/finish-run.ts';
import { verifyEvidence } from '../verify.ts';

let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'assay-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** One run of the fast lab. */
function finishRun(
  options: Omit<FastLabOptions, 'dir'>,
  during: (event: RunEvent, cancel: () => void) => void = () => {},
  boardId = 'mcu-1',
): Promise<FinishedRun> {
  return finishFastRun({ ...options, dir }, { boardId }, (event, { cancel }) =>
    during(event, cancel),
  );
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

async function probeBoard(command: Readonly<Record<string, unknown>>): Promise<void> {
  const socket = createConnection(join(dir, 'probe'));
  await once(socket, 'connect');
  socket.end(`${JSON.stringify(command)}\n`);
  await once(socket, 'close');
}

/** Does something once, when the run first measures. */
function whenMeasuring(action: () => void): (event: RunEvent) => void {
  let isDone = false;
  return (event) => {
    if (isDone || event.type !== 'phase' || event.phase !== 'measuring') return;
    isDone = true;
    action();
  };
}

describe('a run in its child process', { timeout: 60_000 }, () => {
  it('measures the simulated board with power, and verify derives the same numbers', async () => {
    const { outcome, events, bundleDir } = await finishRun({});
    expect(outcome).toMatchObject({ outcome: 'completed', verdict: 'pass', boardSafe: true });
    expect(outcome.results?.accuracy?.sampleCount).toBe(60);
    expect(outcome.results?.energy?.windowMicrojoulesPerInference).toHaveLength(3);
    const phases = events.flatMap((event) => (event.type === 'phase' ? [event.phase] : []));
    expect(phases).toEqual([
      'securing',
      'identifying',
      'deploying',
      'booting',
      'probing',
      'settling',
      'measuring',
      'verifying',
      'releasing',
      'collecting',
    ]);
    const report = await verifyEvidence(bundleDir, { trustedKeyIds: [] });
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(report).toMatchObject({ ok: true, differences: [] });
  });

  it('gives the accuracy of a fault-free run on a line that loses and garbles bytes', async () => {
    const clean = await finishRun({ withMeter: false });
    rmSync(dir, { recursive: true });
    mkdirSync(dir);
    const boardFaults = ['drop-byte-in:2300', 'garble-byte-out:1700'];
    const noisy = await finishRun({ withMeter: false, boardFaults });
    expect(noisy.outcome).toMatchObject({ outcome: 'completed', boardSafe: true });
    expect(noisy.outcome.results?.accuracy).toEqual(clean.outcome.results?.accuracy);
    const record = readJson(join(noisy.bundleDir, 'record.json'));
    expect(record).toHaveProperty('link.retryCount');
  });

  it('goes on from the checkpoint when the board reboots in the accuracy run', async () => {
    let isReset = false;
    const { outcome, bundleDir } = await finishRun({ withMeter: false }, (event) => {
      if (isReset || event.type !== 'progress' || event.step !== 'accuracy') return;
      isReset = true;
      void probeBoard({ do: 'reset' });
    });
    expect(outcome).toMatchObject({ outcome: 'completed', boardSafe: true });
    expect(outcome.results?.accuracy?.sampleCount).toBe(60);
    const lines = readFileSync(join(bundleDir, 'raw', 'accuracy.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(60);
  });

  it.each<{ fault: string; options: Omit<FastLabOptions, 'dir'>; code: ErrorCode }>([
    {
      fault: 'a board that hangs in every inference',
      options: { withMeter: false, boardFaults: ['hang-in-infer:*'] },
      code: 'dut/timeout',
    },
    {
      fault: 'an echoing line',
      options: { withMeter: false, boardFaults: ['echo'] },
      code: 'dut/echo',
    },
    {
      fault: 'a board with another model and no deploy recipe',
      options: { withMeter: false, boardFaults: ['wrong-model-name:vww01'] },
      code: 'dut/wrong-model',
    },
    {
      fault: 'a board that answers other values than the host',
      options: { withMeter: false, boardFaults: ['bad-output'] },
      code: 'dut/wrong-output',
    },
    { fault: 'a silent analyzer', options: { meterFaults: ['silent'] }, code: 'power/no-answer' },
    {
      fault: 'an analyzer that falls silent while it streams',
      options: { meterFaults: ['silent-after-start:900'] },
      code: 'power/stream-stopped',
    },
    {
      fault: 'an overcurrent',
      options: { meterFaults: ['overcurrent:900'] },
      code: 'power/overcurrent',
    },
    {
      fault: 'no board on its path',
      options: { withMeter: false, withSimulators: false },
      code: 'serial/path-absent',
    },
    {
      fault: 'a model file that is not the one the suite names',
      options: {
        withMeter: false,
        suiteChanges: {
          model: {
            ...keywordSpotting.model,
            file: join(projectDir, 'fixtures/models/image-classification/resnet-8.onnx'),
          },
        },
      },
      code: 'suite/model-hash-mismatch',
    },
    {
      fault: 'a data set that is not there',
      options: {
        withMeter: false,
        suiteChanges: {
          dataset: {
            ...keywordSpotting.dataset,
            source: { kind: 'file', path: '/nowhere/samples.bin' },
          },
        },
      },
      code: 'suite/dataset-missing',
    },
  ])('ends with $code for $fault, and says what to do', async ({ options, code }) => {
    const { outcome, bundleDir } = await finishRun(options);
    expect(outcome).toMatchObject({ outcome: 'failed', results: null, error: { code } });
    expect(outcome.error?.remedy.length).toBeGreaterThan(10);
    expect(existsSync(join(bundleDir, 'report.pdf'))).toBe(false);
    const verified = await verifyEvidence(bundleDir, { trustedKeyIds: [] });
    expect(verified.checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('ends with serial/unplugged when the board is pulled in mid-measurement', async () => {
    const { outcome } = await finishRun(
      { withMeter: false },
      whenMeasuring(() => void probeBoard({ do: 'unplug' })),
    );
    expect(outcome).toMatchObject({
      outcome: 'failed',
      verdict: 'error',
      boardSafe: false,
      error: { code: 'serial/unplugged', class: 'infra' },
    });
  });

  it('drains an analyzer that a crashed session left streaming', async () => {
    const { outcome } = await finishRun({ meterFaults: ['already-streaming'] });
    expect(outcome).toMatchObject({ outcome: 'completed', verdict: 'pass' });
  });

  it('is inconclusive when the analyzer lost samples, and says how many', async () => {
    const { outcome, bundleDir } = await finishRun({ meterFaults: ['drop-samples:25'] });
    expect(outcome).toMatchObject({ outcome: 'completed', verdict: 'inconclusive' });
    const { rules } = Value.Parse(RunRecordSchema, readJson(join(bundleDir, 'record.json')));
    const lost = rules.find(({ rule }) => rule === 'power-samples-lost');
    expect(lost).toMatchObject({ met: false, measured: 25 });
  });

  it('releases the board and reports nothing when it is cancelled', async () => {
    const { outcome, bundleDir } = await finishRun({}, (event, cancel) => {
      if (event.type === 'phase' && event.phase === 'measuring') cancel();
    });
    expect(outcome).toMatchObject({ outcome: 'aborted', verdict: 'aborted', boardSafe: true });
    expect(existsSync(join(bundleDir, 'report.pdf'))).toBe(false);
  });

  it('measures this host', async () => {
    const { outcome } = await finishRun({ withMeter: false }, () => {}, 'host-1');
    expect(outcome).toMatchObject({ outcome: 'completed', verdict: 'pass', boardSafe: true });
  });

  it('ends with evidence/disk-full on a full disk, the board free and nothing half-written', async (context) => {
    const stateDir = join(dir, 'state');
    mkdirSync(stateDir);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', stateDir]);
    if (mounted.status !== 0) context.skip('mounting a small tmpfs needs root');
    try {
      // Room for keys, log and answers, but not for the queries, the power trace and the report.
      writeFileSync(join(stateDir, 'filler'), Buffer.alloc(440 * 1024));
      const { outcome, bundleDir } = await finishRun({});
      expect(outcome).toMatchObject({
        outcome: 'failed',
        results: null,
        recordSha256: null,
        boardSafe: true,
        error: { code: 'evidence/disk-full' },
      });
      expect(existsSync(join(bundleDir, 'seal.dsse.json'))).toBe(false);
      const verified = await verifyEvidence(bundleDir, { trustedKeyIds: [] });
      expect(verified.ok).toBe(false);
    } finally {
      spawnSync('umount', ['-l', stateDir]);
    }
  });
});
