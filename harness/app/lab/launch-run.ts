import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { Value } from 'typebox/value';

import { labError } from '#harness/contracts/error-catalogue.ts';
import { errorRecord } from '#harness/contracts/error-record.ts';
import type { RunSummary } from '#harness/contracts/records/job-record.ts';
import type { Claim } from '#harness/contracts/result-store.ts';
import { RunEventSchema, type RunEvent, type RunOutcome } from '#harness/contracts/run-event.ts';
import { withDeadline } from '#harness/kernel/deadline.ts';

import type { RunOrder } from '../run/run-order.ts';
import { partialLoadNote } from './partial-load.ts';
import { startTicksOf } from './recorded-process.ts';

/** A run's child process, as the scheduler holds it. */
export interface LaunchedRun {
  readonly pid: number;
  readonly startTicks: number | null;
  /** Asks the child to stop and release the board; what does not stop is killed. */
  readonly cancel: () => void;
  /** Resolves when the process is gone; never rejects. */
  readonly ended: Promise<RunOutcome>;
}

/** From the cancel to SIGTERM, and from there to SIGKILL: the release itself may take half a minute. */
const cancelPatienceMs = 40_000;
const terminatePatienceMs = 5000;
const keptOutputChars = 4000;

function diedWithoutWord(claim: Claim, output: string, how: string): RunOutcome {
  const note = partialLoadNote(claim.run.bundlePath);
  const last = output.trim().slice(-500);
  const message = `the run process ended with ${how} without a word${note}: ${last}`;
  return {
    outcome: 'failed',
    verdict: 'error',
    results: null,
    error: errorRecord(labError('run/child-died', message)),
    recordSha256: null,
    reportPath: null,
    boardSafe: false,
  };
}

/** Where a run's child process works, and what it may go on from. */
export interface LaunchPlace {
  readonly configPath: string;
  readonly rootDir: string;
  /** An attempt of the same job that was interrupted. */
  readonly earlier?: RunSummary;
}

function orderOf(claim: Claim, { configPath, earlier }: LaunchPlace): RunOrder {
  const { job, run } = claim;
  return {
    runId: run.runId,
    jobId: job.jobId,
    attempt: run.attempt,
    configPath,
    boardId: job.boardId,
    suiteId: job.suiteId,
    scenario: job.scenario,
    mode: job.mode,
    seed: job.seed,
    ...(job.audit === undefined ? {} : { audit: job.audit }),
    ...(job.load === undefined ? {} : { load: job.load }),
    ...(earlier === undefined
      ? {}
      : { resumeFrom: { runId: earlier.runId, bundleDir: earlier.bundlePath } }),
    bundleDir: run.bundlePath,
  };
}

/**
 * Starts the child process of one run. It works in the lab's folder, so that relative device paths hold.
 *
 * @param onEvent - hears phases and progress; the end comes through `ended`
 */
export function launchRun(
  claim: Claim,
  lab: LaunchPlace,
  onEvent: (event: RunEvent) => void,
): LaunchedRun {
  const entry = fileURLToPath(new URL('../run/run-child-entry.ts', import.meta.url));
  const child = fork(entry, [JSON.stringify(orderOf(claim, lab))], {
    cwd: lab.rootDir,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = `${output}${chunk.toString('utf8')}`.slice(-keptOutputChars);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  let outcome: RunOutcome | undefined;
  child.on('message', (message: unknown) => {
    if (!Value.Check(RunEventSchema, message)) return;
    if (message.type === 'ended') outcome = message.outcome;
    else onEvent(message);
  });
  const ended = new Promise<RunOutcome>((resolve) => {
    // Also raised for a message to a child that is just leaving: then its exit says the rest.
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(diedWithoutWord(claim, String(error), 'an error'));
    });
    child.once('exit', (code, signal) => {
      const how = `code ${code ?? '-'}, signal ${signal ?? '-'}`;
      resolve(outcome ?? diedWithoutWord(claim, output, how));
    });
  });
  const pid = child.pid ?? 0;
  const insist = async (): Promise<void> => {
    for (const [signal, patienceMs] of [
      ['SIGTERM', cancelPatienceMs],
      ['SIGKILL', terminatePatienceMs],
    ] as const) {
      try {
        if (child.exitCode === null && child.signalCode === null) {
          await once(child, 'exit', { signal: withDeadline(patienceMs) });
        }
        return;
      } catch {
        child.kill(signal);
      }
    }
  };
  return {
    pid,
    startTicks: pid === 0 ? null : startTicksOf(pid),
    cancel: () => {
      if (child.connected) child.send('cancel', () => {});
      void insist();
    },
    ended,
  };
}
