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

/** Reasons that no waiting ends: somebody must act first. */
const blockingCodes: ReadonlySet<string> = new Set(['board-unsafe', 'disk-low', 'not-configured']);
const lookAgainMs = 200;

/** Why the jobs that are left can not start, a sentence each; empty while any of them may. */
function blockedSentences(lab: RunningLab, left: readonly Job[]): string[] {
  if (left.some(({ state }) => state !== 'queued')) return [];
  const ids = new Set(left.map(({ jobId }) => jobId));
  const waiting = lab.service.queue().filter(({ job }) => ids.has(job.jobId));
  const isBlocked = waiting.every(({ waiting: why }) => blockingCodes.has(why.code));
  return isBlocked ? waiting.map(({ job, waiting: why }) => `${job.jobId}: ${why.sentence}`) : [];
}

/**
 * Waits until every job has ended, or those that are left cannot start without a person.
 *
 * @returns why they cannot start; empty when all have ended
 * @throws the signal's reason
 */
async function jobsDone(
  lab: RunningLab,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(planDeadlineMs)]);
  for (;;) {
    const left = jobs.flatMap(({ jobId }) => {
      const job = lab.service.job(jobId);
      return job === undefined || job.endedAtMs !== null ? [] : [job];
    });
    if (left.length === 0) return [];
    const blocked = blockedSentences(lab, left);
    if (blocked.length > 0) return blocked;
    await systemClock().sleep(lookAgainMs, bounded);
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
    for (const sentence of await jobsDone(lab, jobs, signal)) onLine(`cannot start: ${sentence}`);
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
