import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { median } from '#harness/judge/statistics/median.ts';

import { nullLoad } from '../loadgen/bench-load.ts';
import { startNullLoadThread } from '../loadgen/null-load-thread.ts';

const roundCount = 3;
const load = { qps: 1000, seconds: 3 };

const labPath = fileURLToPath(
  new URL('../../../fixtures/labs/host-only.config.ts', import.meta.url),
);
const askPath = fileURLToPath(new URL('testing/ask-daemon-child.ts', import.meta.url));
const mainPath = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** Starts the daemon. @returns it, and where it serves */
async function startDaemon(stateDir: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      mainPath,
      'serve',
      '--config',
      labPath,
      '--port',
      '0',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ASSAY_STATE_DIR: stateDir } },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/[\w.:[\]]+/.exec(line) ?? [];
    if (url !== undefined) return { child, url };
  }
  throw new Error('the daemon ended before it served');
}

/**
 * Asks the daemon for its boards 50 times a second, from a process of its own as a browser would.
 *
 * @returns a function that stops, and says how many it answered
 */
async function startAsking(url: string): Promise<() => Promise<number>> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', askPath, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return async () => {
    child.kill('SIGTERM');
    const { value } = await lines.next();
    return Number(value ?? 0);
  };
}

/**
 * The 99th percentile of a server load at 1000 queries/s on the null device while the daemon, another process, answers
 * 50 requests per second, beside the same while it is idle. Rounds with and without take turns.
 */
export async function benchDisturbance(): Promise<{
  readonly name: string;
  readonly medianUs: number;
  readonly referenceMedianUs: number;
  readonly ratio: number;
  readonly note: string;
}> {
  const { signal } = new AbortController();
  const stateDir = await mkdtemp(join(tmpdir(), 'assay-bench-'));
  const { child, url } = await startDaemon(stateDir);
  const exited = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  try {
    await using thread = startNullLoadThread();
    await thread.run(nullLoad('server', { qps: 100_000, seconds: 0.3 }), signal);
    const [asked, idle]: [number[], number[]] = [[], []];
    let answeredCount = 0;
    for (let round = 0; round < roundCount; round += 1) {
      idle.push((await thread.run(nullLoad('server', load), signal)).latencyNs.p99 / 1000);
      const stop = await startAsking(url);
      asked.push((await thread.run(nullLoad('server', load), signal)).latencyNs.p99 / 1000);
      answeredCount += await stop();
    }
    const [medianUs, referenceMedianUs] = [median(asked), median(idle)];
    return {
      name: 'server 1000/s p99 while the daemon answers 50 requests/s (reference: idle daemon)',
      medianUs,
      referenceMedianUs,
      ratio: medianUs / referenceMedianUs,
      note: `${(answeredCount / (roundCount * load.seconds)).toFixed(0)} answers/s`,
    };
  } finally {
    child.kill('SIGTERM');
    await exited;
    await rm(stateDir, { recursive: true, force: true });
  }
}
