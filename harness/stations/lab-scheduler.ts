import { join } from 'node:path';

import { labError } from '#harness/contracts/error-catalogue.ts';
import type { LabService, SuiteSummary } from '#harness/contracts/lab-service.ts';
import type { Job } from '#harness/contracts/records/job-record.ts';
import type { DaemonIdentity, NewJob } from '#harness/contracts/result-store.ts';
import { assertDefined } from '#harness/kernel/assert.ts';
import { sortableId } from '#harness/kernel/ids.ts';

import { createEventFeed, type EventFeed } from './event-feed.ts';
import { newJobFrom } from './job-intake.ts';
import { nextClaims, type ClaimPlan } from './next-claim.ts';
import { superviseRun, type SupervisedRun, type SupervisorPorts } from './run-supervisor.ts';
import { defaultSchedulerSettings, type SchedulerSettings } from './scheduler-settings.ts';
import { createWakeUp, type WakeUp } from './wake-up.ts';

/** What the scheduler is made of. `store.syncBoards` and `recoverLab` come before it. */
export interface LabSchedulerOptions extends Omit<SupervisorPorts, 'feed' | 'settings'> {
  readonly lab: { readonly id: string; readonly name: string };
  readonly version: string;
  readonly owner: DaemonIdentity;
  readonly suites: readonly SuiteSummary[];
  /** Throws LabError job/contradictory when the job's settings cannot be meant. */
  readonly checkSettings: (job: NewJob) => void;
  /** Absolute; each run gets its bundle in a folder of its own below. */
  readonly runsFolder: string;
  readonly settings?: Partial<SchedulerSettings>;
  /** Asked before runs start; left out, the disk is never low. */
  readonly isDiskLow?: () => boolean;
}

/** The lab at work: takes jobs, starts runs, ends them. */
export interface LabScheduler extends LabService, AsyncDisposable {
  /** Begins to start runs. */
  readonly start: () => void;
  /** Starts no more runs; waits for those that run up to `drainBoundMs`, then stops them. Their jobs stay queued. */
  readonly drain: () => Promise<void>;
  /** Starts no more runs, stops those that run, and returns when the store has their ends. Bounded. */
  readonly stop: () => Promise<void>;
}

interface Lab {
  readonly options: LabSchedulerOptions;
  readonly ports: SupervisorPorts;
  readonly feed: EventFeed;
  readonly wakeUp: WakeUp;
  readonly active: Map<string, SupervisedRun>;
  readonly over: AbortController;
  isDraining: boolean;
}

function planOf(lab: Lab): ClaimPlan {
  const { store, suites, isDiskLow } = lab.options;
  return nextClaims({
    queue: store.queue(),
    boards: store.boards(),
    suiteIds: suites.map((suite) => suite.suiteId),
    openRuns: store.openRuns().map((open) => open.run),
    isDraining: lab.isDraining,
    isDiskLow: isDiskLow?.() ?? false,
  });
}

function emitJob(lab: Lab, jobId: string): Job {
  const job = assertDefined(lab.options.store.job(jobId), `job ${jobId} is stored`);
  lab.feed.emit({ type: 'job', job });
  return job;
}

function audit(lab: Lab, entry: { actor: string; action: string; subject: string }): void {
  lab.options.store.appendAudit({ ...entry, atMs: lab.options.clock.utcMs(), details: {} });
}

async function forgetWhenDone(lab: Lab, run: SupervisedRun): Promise<void> {
  await run.done;
  lab.active.delete(run.runId);
  lab.wakeUp.wake();
}

function startJob(lab: Lab, job: Job): void {
  const { store, clock, owner, runsFolder } = lab.options;
  const nowMs = clock.utcMs();
  const runId = sortableId('run', lab.options.lab.id, nowMs);
  const bundlePath = join(runsFolder, runId);
  const { leaseMs } = lab.ports.settings;
  const claim = store.claim({ jobId: job.jobId, runId, bundlePath, owner, nowMs, leaseMs });
  if (claim === undefined) return;
  lab.feed.emit({ type: 'job', job: claim.job });
  lab.feed.emit({ type: 'run', run: claim.run });
  const run = superviseRun(lab.ports, claim);
  lab.active.set(run.runId, run);
  void forgetWhenDone(lab, run);
}

function startWhatMay(lab: Lab): void {
  try {
    for (const job of planOf(lab).start) startJob(lab, job);
  } catch (error) {
    // The next tick tries again: a full disk may be cleared, a locked store be free.
    lab.options.log({
      level: 'error',
      message: 'no run could be started',
      fields: { error: String(error) },
    });
  }
}

async function loop(lab: Lab): Promise<void> {
  while (!lab.over.signal.aborted) {
    startWhatMay(lab);
    await lab.wakeUp.wait(lab.ports.settings.tickMs, lab.over.signal);
  }
}

function cancelJob(lab: Lab, jobId: string, actor: string): Job {
  const { store, clock } = lab.options;
  const job = store.job(jobId);
  if (job === undefined) throw labError('job/not-found', `there is no job ${jobId}`);
  const run = [...lab.active.values()].find((active) => active.jobId === jobId);
  const isCancelled = store.cancelQueuedJob(jobId, clock.utcMs());
  if (!isCancelled && (job.state !== 'active' || run === undefined)) {
    throw labError('job/not-cancellable', `job ${jobId} has ended already: it is ${job.state}`);
  }
  audit(lab, { actor, action: 'job-cancelled', subject: jobId });
  if (!isCancelled) run?.stop('person');
  return emitJob(lab, jobId);
}

async function stopRuns(lab: Lab): Promise<void> {
  for (const run of lab.active.values()) run.stop('shutdown');
  await Promise.all([...lab.active.values()].map((run) => run.done));
}

async function drain(lab: Lab): Promise<void> {
  lab.isDraining = true;
  const timer = new AbortController();
  const bound = lab.options.clock.sleep(lab.ports.settings.drainBoundMs, timer.signal);
  const allDone = Promise.all([...lab.active.values()].map((run) => run.done));
  await Promise.race([allDone, bound]);
  timer.abort();
  bound.catch(() => undefined);
  await stopRuns(lab);
}

function serviceOf(lab: Lab): LabService {
  const { store, clock, suites, version, checkSettings } = lab.options;
  const startedAtMs = clock.utcMs();
  const { id: labId, name } = lab.options.lab;
  return {
    labInfo: () => ({ labId, name, version, startedAtMs }),
    submit: (request, actor) => {
      const boardIds = store.boards().map((board) => board.boardId);
      const { jobId } = store.submitJob(
        newJobFrom(request, { labId, clock, suites, boardIds, checkSettings }),
      );
      audit(lab, { actor, action: 'job-submitted', subject: jobId });
      lab.wakeUp.wake();
      return emitJob(lab, jobId);
    },
    cancel: (jobId, actor) => cancelJob(lab, jobId, actor),
    job: (jobId) => store.job(jobId),
    jobs: (limit) => store.jobs({ limit }),
    queue: () => {
      const { start, waiting } = planOf(lab);
      const sentence = 'everything it needs is free: it starts now';
      const starting = start.map((job) => ({
        job,
        waiting: { code: 'starting', sentence } as const,
      }));
      return [...starting, ...waiting].map(({ job, waiting: why }, index) => ({
        job,
        waiting: { ...why, position: index + 1 },
      }));
    },
    runs: (filter) => store.runs(filter),
    run: (runId) => store.run(runId),
    boards: () => store.boards(),
    suites: () => [...suites],
    watch: (listener) => lab.feed.watch(listener),
  };
}

/** Makes the scheduler of a lab; nothing starts before `start`. */
export function createLabScheduler(options: LabSchedulerOptions): LabScheduler {
  const feed = createEventFeed(options.log);
  const settings = { ...defaultSchedulerSettings, ...options.settings };
  const wakeUp = createWakeUp(options.clock);
  const lab: Lab = {
    options,
    ports: { ...options, settings, feed },
    feed,
    wakeUp,
    active: new Map(),
    over: new AbortController(),
    isDraining: false,
  };
  let looping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    lab.isDraining = true;
    lab.over.abort();
    await looping;
    await stopRuns(lab);
  };
  return {
    ...serviceOf(lab),
    start: () => {
      looping ??= loop(lab);
    },
    drain: () => drain(lab),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
