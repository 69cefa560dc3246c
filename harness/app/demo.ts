import { loadLabConfig } from '#harness/config/load-lab-config.ts';
import { resultsTable } from '#harness/contracts/format/results-table.ts';
import type { LabEvent } from '#harness/contracts/lab-event.ts';
import type { Job, RunSummary } from '#harness/contracts/records/job-record.ts';
import { raceSignal } from '#harness/kernel/deadline.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { serveLab, type RunningLab } from './serve.ts';

/** What `assay demo` is asked for. */
export interface DemoRequest {
  readonly configPath?: string;
  /** True: go on serving until the signal aborts. */
  readonly keepServing: boolean;
  readonly onLine: (line: string) => void;
  readonly onEvent?: (event: LabEvent) => void;
}

/** A plan on simulated hardware is a matter of a minute or two; past this something is wrong. */
const planDeadlineMs = 30 * 60_000;

/** Resolves when every job has ended; rejects when the signal aborts. */
async function jobsDone(lab: RunningLab, jobs: readonly Job[], signal: AbortSignal): Promise<void> {
  const done = Promise.withResolvers<undefined>();
  const check = (): void => {
    const isOver = jobs.every(({ jobId }) => (lab.service.job(jobId)?.endedAtMs ?? null) !== null);
    if (isOver) done.resolve(undefined);
  };
  const unwatch = lab.service.watch(check);
  try {
    check();
    await raceSignal(done.promise, AbortSignal.any([signal, AbortSignal.timeout(planDeadlineMs)]));
  } finally {
    unwatch();
  }
}

/** The plan is made for this long on two cores. */
const expectedMs = 90_000;

/** One line when the plan takes longer than it should. Never rejects. */
async function sayWhenSlow(
  runs: () => readonly RunSummary[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    await systemClock().sleep(expectedMs, signal);
  } catch {
    return;
  }
  const endedCount = runs().filter(({ outcome }) => outcome !== 'open').length;
  onLine(
    `this machine needs longer than the planned ${expectedMs / 1000} s; ${endedCount} runs have ended so far`,
  );
}

/** The last attempt of each job, in the order of the plan. */
function lastRuns(lab: RunningLab, jobs: readonly Job[]): RunSummary[] {
  return jobs.flatMap(({ jobId }) => {
    const runId = lab.service.job(jobId)?.runIds.at(-1);
    const run = runId === undefined ? undefined : lab.service.run(runId);
    return run === undefined ? [] : [run];
  });
}

function reportLines(lab: RunningLab, runs: readonly RunSummary[]): string[] {
  const reports = runs.map(({ runId, reportPath, error }) =>
    reportPath === null
      ? `  ${runId}: no report${error === null ? '' : `; ${error.code}: ${error.message}`}`
      : `  ${reportPath}`,
  );
  return [
    '',
    ...resultsTable(runs).split('\n'),
    '',
    'signed reports:',
    ...reports,
    '',
    `check one:  npx assay verify ${runs[0]?.bundlePath ?? '<bundle>'}`,
    `console:    ${lab.url}`,
  ];
}

/** Every run ended in a verdict on the device, good or bad; 3 where infrastructure or a bug ended one. */
const hasVerdict = ({ outcome, verdict }: RunSummary): boolean =>
  outcome === 'completed' && verdict !== 'none' && verdict !== 'error';

function demoExitCode(runs: readonly RunSummary[], jobs: readonly Job[]): number {
  return runs.length === jobs.length && runs.every(hasVerdict) ? 0 : 3;
}

/**
 * Starts the lab, runs its plan and shows the results.
 *
 * @throws LabError of the configuration or the daemon's start
 */
export async function runDemo(
  request: DemoRequest,
  signal: AbortSignal,
): Promise<{ readonly exitCode: number }> {
  const { config } = await loadLabConfig(request.configPath);
  const { configPath, onLine } = request;
  await using lab = await serveLab(
    { ...(configPath === undefined ? {} : { configPath }), onStatus: onLine },
    signal,
  );
  const unwatch = lab.service.watch((event) => request.onEvent?.(event));
  const plan = config.plan ?? [];
  onLine(`${config.lab.name}: ${plan.length} runs; console: ${lab.url}`);
  const jobs = plan.map((job) => lab.service.submit(job, 'demo'));
  const over = new AbortController();
  void sayWhenSlow(() => lastRuns(lab, jobs), onLine, AbortSignal.any([signal, over.signal]));
  try {
    await jobsDone(lab, jobs, signal);
  } finally {
    over.abort();
    unwatch();
  }
  const runs = lastRuns(lab, jobs);
  for (const line of reportLines(lab, runs)) onLine(line);
  if (request.keepServing) {
    onLine('serving until Ctrl-C');
    await raceSignal(lab.ended, signal);
  }
  return { exitCode: demoExitCode(runs, jobs) };
}
