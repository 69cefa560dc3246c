import { join } from 'node:path';

import { loadLabConfig } from '#harness/config/load-lab-config.ts';
import type { Job } from '#harness/contracts/records/job-record.ts';
import type { Claim } from '#harness/contracts/result-store.ts';
import type { RunEvent, RunOutcome } from '#harness/contracts/run-event.ts';

import { launchRun, type LaunchedRun } from '../lab/launch-run.ts';
import { startSimulators } from '../lab/simulators.ts';
import { writeFastLab, type FastLabOptions } from './fast-lab.ts';

/** What a test asks for; the rest is a single stream of everything on the simulated board. */
export type JobTerms = Partial<
  Pick<Job, 'boardId' | 'suiteId' | 'scenario' | 'mode' | 'seed' | 'audit' | 'load'>
> & {
  /** The bundle of an attempt that was interrupted; this one is the second then. */
  readonly earlierBundleDir?: string;
};

function claimOf(bundlePath: string, terms: JobTerms): Claim {
  const { boardId = 'mcu-1', scenario = 'single-stream', mode = 'both', seed = 1 } = terms;
  const shared = {
    jobId: 'job-test-1',
    boardId,
    suiteId: terms.suiteId ?? 'keyword-spotting',
    scenario,
    mode,
    verdict: 'none',
  } as const;
  return {
    job: {
      ...shared,
      seed,
      ...(terms.audit === undefined ? {} : { audit: terms.audit }),
      ...(terms.load === undefined ? {} : { load: terms.load }),
      state: 'active',
      submittedAtMs: 0,
      endedAtMs: null,
      attemptCount: 1,
      runIds: ['run-test-1'],
    },
    run: {
      ...shared,
      runId: 'run-test-1',
      attempt: 1,
      fence: 1,
      phase: 'leased',
      outcome: 'open',
      startedAtMs: 0,
      endedAtMs: null,
      results: null,
      error: null,
      recordSha256: null,
      bundlePath,
      reportPath: null,
    },
    fence: 1,
    leaseUntilMs: 0,
  };
}

/** A run that is over. */
export interface FinishedRun {
  readonly outcome: RunOutcome;
  readonly events: readonly RunEvent[];
  readonly bundleDir: string;
}

/**
 * One run in its real child process, against the simulators that the options ask for.
 *
 * @param during - hears every event; may cancel the run, or kill its process
 */
export async function finishRun(
  options: FastLabOptions,
  terms: JobTerms = {},
  during: (event: RunEvent, run: Pick<LaunchedRun, 'cancel' | 'pid'>) => void = () => {},
): Promise<FinishedRun> {
  const lab = await loadLabConfig(writeFastLab(options));
  await using simulators = await startSimulators(lab, AbortSignal.timeout(20_000));
  void simulators;
  const { earlierBundleDir } = terms;
  const name = earlierBundleDir === undefined ? 'run-test-1' : 'run-test-2';
  const bundleDir = join(options.dir, 'state', 'runs', name);
  const events: RunEvent[] = [];
  const claim = claimOf(bundleDir, terms);
  const earlier =
    earlierBundleDir === undefined
      ? {}
      : { earlier: { ...claim.run, runId: 'run-test-0', bundlePath: earlierBundleDir } };
  const run = launchRun(claim, { ...lab, ...earlier }, (event) => {
    events.push(event);
    during(event, run);
  });
  return { outcome: await run.ended, events, bundleDir };
}
