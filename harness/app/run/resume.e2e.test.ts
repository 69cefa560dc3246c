import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { finishRun } from '../testing/finish-run.ts';
import { verifyEvidence } from '../verify.ts';

let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'assay-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** A run whose process is killed in the middle of its accuracy part. @returns its bundle */
async function killedRun(): Promise<string> {
  const { outcome, bundleDir } = await finishRun(
    { dir, withMeter: false },
    { mode: 'accuracy' },
    (event, run) => {
      if (event.type === 'progress' && event.step === 'accuracy' && event.doneCount > 0)
        process.kill(run.pid, 'SIGKILL');
    },
  );
  expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'run/child-died' } });
  return bundleDir;
}

function linesOf(bundleDir: string): string[] {
  return readFileSync(join(bundleDir, 'raw/accuracy.jsonl'), 'utf8').split('\n').slice(0, -1);
}

async function probeBoard(command: Readonly<Record<string, unknown>>): Promise<void> {
  const socket = createConnection(join(dir, 'probe'));
  await once(socket, 'connect');
  socket.end(`${JSON.stringify(command)}\n`);
  await once(socket, 'close');
}

describe('an accuracy run whose board is pulled', { timeout: 60_000 }, () => {
  it('goes on when the same board is plugged in again, and the record tells how', async () => {
    let isPulled = false;
    const { outcome, events, bundleDir } = await finishRun(
      { dir, withMeter: false },
      { mode: 'accuracy' },
      (event) => {
        if (isPulled || event.type !== 'phase' || event.phase !== 'measuring') return;
        isPulled = true;
        void probeBoard({ do: 'fault', fault: 'unplug-in-infer:400' });
      },
    );
    expect(outcome).toMatchObject({ outcome: 'completed', verdict: 'pass', boardSafe: true });
    expect(linesOf(bundleDir)).toHaveLength(60);
    const step = { rung: 'reopen', helped: true, reason: 'serial/unplugged' };
    expect(events).toContainEqual(expect.objectContaining({ type: 'recovery', ...step }));
    const record: unknown = JSON.parse(readFileSync(join(bundleDir, 'record.json'), 'utf8'));
    expect(record).toMatchObject({ recovery: [step] });
  });
});

describe('an accuracy run whose board hangs for good', { timeout: 90_000 }, () => {
  it('goes on after the power of the board was switched off and on', async () => {
    let isDead = false;
    const { outcome, bundleDir } = await finishRun(
      { dir, withMeter: false, withOutlet: true },
      { mode: 'accuracy' },
      (event) => {
        if (isDead || event.type !== 'phase' || event.phase !== 'measuring') return;
        isDead = true;
        void probeBoard({ do: 'fault', fault: 'hang-in-infer' });
      },
    );
    expect(outcome).toMatchObject({ outcome: 'completed', verdict: 'pass', boardSafe: true });
    expect(linesOf(bundleDir)).toHaveLength(60);
    const record: unknown = JSON.parse(readFileSync(join(bundleDir, 'record.json'), 'utf8'));
    const reason = 'dut/timeout';
    expect(record).toMatchObject({
      recovery: [
        { rung: 'await-boot', helped: false, reason },
        { rung: 'reopen', helped: false, reason },
        { rung: 'power-switch outlet', helped: true, reason },
      ],
    });
  });
});

describe('an accuracy run after its process was killed', { timeout: 60_000 }, () => {
  it('goes on from the answers of the attempt before, says so, and verifies', async () => {
    const earlierBundleDir = await killedRun();
    const kept = linesOf(earlierBundleDir);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(60);
    // What a kill in the middle of a write leaves.
    writeFileSync(join(earlierBundleDir, 'raw/accuracy.jsonl'), `${kept.join('\n')}\n{"sampleInd`);
    const terms = { mode: 'accuracy', earlierBundleDir } as const;
    const { outcome, bundleDir } = await finishRun({ dir, withMeter: false }, terms);
    expect(outcome).toMatchObject({ outcome: 'completed', verdict: 'pass' });
    expect(linesOf(bundleDir).slice(0, kept.length)).toEqual(kept);
    expect(linesOf(bundleDir)).toHaveLength(60);
    expect(JSON.parse(readFileSync(join(bundleDir, 'record.json'), 'utf8'))).toHaveProperty(
      'resumed',
      { runId: 'run-test-0', sampleCount: kept.length },
    );
    expect(await verifyEvidence(bundleDir, { trustedKeyIds: [] })).toMatchObject({ ok: true });
  });

  it('asks for every sample anew when the attempt before measured something else', async () => {
    const earlierBundleDir = await killedRun();
    const path = join(earlierBundleDir, 'raw/accuracy-context.json');
    const context = readFileSync(path, 'utf8');
    writeFileSync(path, context.replace(/"modelSha256":"./, '"modelSha256":"x'));
    const terms = { mode: 'accuracy', earlierBundleDir } as const;
    const { outcome, bundleDir } = await finishRun({ dir, withMeter: false }, terms);
    expect(outcome).toMatchObject({ outcome: 'completed', verdict: 'pass' });
    expect(linesOf(bundleDir)).toHaveLength(60);
    expect(JSON.parse(readFileSync(join(bundleDir, 'record.json'), 'utf8'))).not.toHaveProperty(
      'resumed',
    );
  });
});
