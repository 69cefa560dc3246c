import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { median } from '#harness/judge/statistics/median.ts';

const repetitions = 5;

/** A lab without simulators, so that the daemon alone is timed. */
const benchLabPath = fileURLToPath(
  new URL('../../fixtures/labs/host-only.config.ts', import.meta.url),
);
const mainPath = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

/** From the start of the process to the line that says where it serves, in microseconds. */
async function startUpUs(stateDir: string): Promise<number> {
  const startedAtNs = process.hrtime.bigint();
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      mainPath,
      'serve',
      '--config',
      benchLabPath,
      '--port',
      '0',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ASSAY_STATE_DIR: stateDir } },
  );
  const exited = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('http://')) break;
  }
  const elapsedUs = Number(process.hrtime.bigint() - startedAtNs) / 1000;
  child.kill('SIGTERM');
  await exited;
  return elapsedUs;
}

/** A Node process that does nothing, for comparison. */
async function emptyNodeUs(): Promise<number> {
  const startedAtNs = process.hrtime.bigint();
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  await new Promise((resolve) => {
    child.once('exit', resolve);
  });
  return Number(process.hrtime.bigint() - startedAtNs) / 1000;
}

/** Start-up of the daemon against an empty Node process. */
export async function benchDaemon(): Promise<
  readonly { name: string; medianUs: number; referenceMedianUs: number; ratio: number }[]
> {
  const stateDir = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  try {
    const daemon: number[] = [];
    const empty: number[] = [];
    for (let round = 0; round < repetitions; round += 1) {
      empty.push(await emptyNodeUs());
      daemon.push(await startUpUs(stateDir));
    }
    const medianUs = median(daemon);
    const referenceMedianUs = median(empty);
    const name = 'daemon: start to serving (reference: empty Node process)';
    return [{ name, medianUs, referenceMedianUs, ratio: medianUs / referenceMedianUs }];
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}
